import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { backupPath } from '../../src/registry/ledger.js'
import { nextDatestamp } from '../../src/registry/publish.js'
import { openPublisher, type Publisher, resource } from '../support/publishing.js'
import { stamp } from '../support/sample-records.js'

let publisher: Publisher
beforeEach(() => {
  publisher = openPublisher()
})

const later = (minutes: number) => {
  publisher.now = new Date(publisher.now.getTime() + minutes * 60_000)
}
const datestamps = () => publisher.records.all().map(({ ivoid, datestamp }) => `${ivoid.slice(18)} ${datestamp}`)

describe('publish', () => {
  it('M-098: gives what is new the time of its publication, on the header and in the record', async () => {
    const report = await publisher.publish([resource('a')])
    expect(report).toMatchObject({ new: ['ivo://example.edu/a'], changed: [], deleted: [], returned: [], unchanged: 0 })
    expect(report.datestamp).toBe('2026-05-01T08:00:00Z')
    expect(publisher.seen()['ivo://example.edu/a']).toMatch(
      /^2026-05-01T08:00:00Z active .*created="2026-05-01T08:00:00Z" updated="2026-05-01T08:00:00Z"/,
    )
  })

  it('without a change makes no generation and touches no byte', async () => {
    await publisher.publish([resource('a'), resource('b')])
    const [seen, ledger] = [publisher.seen(), readFileSync(publisher.ledger.path, 'utf8')]
    later(5)
    expect(await publisher.publish([resource('b'), resource('a')])).toMatchObject({
      unchanged: 2,
      new: [],
      restored: [],
    })
    expect(publisher.seen()).toEqual(seen)
    expect(readFileSync(publisher.ledger.path, 'utf8')).toBe(ledger)
    expect(publisher.records.renewals).toBe(1)
  })

  it('M-046: a changed record gets a new datestamp and a new updated, the others keep theirs', async () => {
    await publisher.publish([resource('a'), resource('b')])
    later(5)
    expect(await publisher.publish([resource('a', 'New title'), resource('b')])).toMatchObject({
      changed: ['ivo://example.edu/a'],
      unchanged: 1,
    })
    expect(datestamps()).toEqual(['b 2026-05-01T08:00:00Z', 'a 2026-05-01T08:05:00Z'])
    expect(publisher.seen()['ivo://example.edu/a']).toMatch(
      /created="2026-05-01T08:00:00Z" updated="2026-05-01T08:05:00Z".*New title/s,
    )
  })

  it('a vanished descriptor leaves a tombstone, and the record that returns is the same one', async () => {
    await publisher.publish([resource('a'), resource('b')])
    later(5)
    expect((await publisher.publish([resource('b')])).deleted).toEqual(['ivo://example.edu/a'])
    expect(publisher.seen()['ivo://example.edu/a']).toBe('2026-05-01T08:05:00Z deleted ')
    later(5)
    expect(await publisher.publish([resource('b')])).toMatchObject({ deleted: [], unchanged: 1 })
    later(5)
    expect((await publisher.publish([resource('a'), resource('b')])).returned).toEqual(['ivo://example.edu/a'])
    expect(publisher.seen()['ivo://example.edu/a']).toMatch(
      /^2026-05-01T08:15:00Z active .*created="2026-05-01T08:00:00Z" updated="2026-05-01T08:15:00Z"/,
    )
  })

  it('M-094: a descriptor that says deleted makes a tombstone, never such a document', async () => {
    await publisher.publish([resource('a')])
    later(1)
    const gone = { ...resource('a'), xml: resource('a').xml.replace('status="active"', 'status="deleted"') }
    expect((await publisher.publish([gone])).deleted).toEqual(['ivo://example.edu/a'])
    expect((await publisher.publish([{ ...gone, ivoid: resource('never').ivoid }])).new).toEqual([])
  })

  it('an inactive record is published as such', async () => {
    await publisher.publish([{ ...resource('a'), xml: resource('a').xml.replace('"active"', '"inactive"') }])
    expect((await publisher.records.get('ivo://example.edu/a'))?.status).toBe('inactive')
  })

  it('a new spelling of the IVOID is a change of the same record', async () => {
    await publisher.publish([resource('stars')])
    later(1)
    expect((await publisher.publish([resource('Stars')])).changed).toEqual(['ivo://example.edu/Stars'])
    expect(publisher.records.all().map(({ ivoid }) => ivoid)).toEqual(['ivo://example.edu/Stars'])
  })

  it('refuses two resources of one name, all of them at once, and changes nothing', async () => {
    const twice = [resource('a'), resource('A'), resource('b'), resource('B')]
    const error = await publisher.publish(twice).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ kind: 'invalid' })
    expect(String(error)).toContain('resources/A.yaml: the IVOID ivo://example.edu/A is taken by resources/a.yaml')
    expect(String(error)).toContain('resources/B.yaml')
    expect([publisher.records.renewals, publisher.seen()]).toEqual([0, {}])
  })

  it('refuses to work with a damaged ledger, and nothing is changed', async () => {
    await publisher.publish([resource('a')])
    const seen = publisher.seen()
    writeFileSync(publisher.ledger.path, '{"version": 1, "rec')
    await expect(publisher.publish([resource('b')])).rejects.toMatchObject({ kind: 'invalid' })
    expect(publisher.seen()).toEqual(seen)
  })
})

describe('two publications at once', () => {
  it('come one after the other: what the second publishes is what is there, and nothing is dated twice', async () => {
    const [one, other] = await Promise.all([
      publisher.publish([resource('a'), resource('b')]),
      publisher.publish([resource('a'), resource('b')]),
    ])
    // Which of them comes first is left to the lock.
    expect([one, other].map((report) => `${report.new.length} new, ${report.unchanged} unchanged`).sort()).toEqual([
      '0 new, 2 unchanged',
      '2 new, 0 unchanged',
    ])
    expect(datestamps()).toEqual(['a 2026-05-01T08:00:00Z', 'b 2026-05-01T08:00:00Z'])
  })

  it('of different resources leave ledger and records in agreement', async () => {
    await Promise.all(['a', 'b', 'c', 'd'].map((name) => publisher.publish([resource(name)])))
    const active = publisher.records.all().filter(({ status }) => status === 'active')
    expect(active).toHaveLength(1)
    const { entries } = await publisher.ledger.read()
    expect([...entries].map(([key, { datestamp, deleted }]) => [key, datestamp, deleted]).sort()).toEqual(
      [...(await publisher.records.held())].map(([key, { datestamp, deleted }]) => [key, datestamp, deleted]).sort(),
    )
  })
})

describe('datestamps', () => {
  it('never run backwards: a clock that stepped back is noticed', async () => {
    await publisher.publish([resource('a')])
    later(-90)
    const report = await publisher.publish([resource('a', 'Changed')])
    expect(report).toMatchObject({ clockBehindSeconds: 5400, datestamp: '2026-05-01T08:00:01Z' })
  })

  it('two changes in one second get two datestamps', async () => {
    await publisher.publish([resource('a')])
    expect((await publisher.publish([resource('a', 'Changed')])).datestamp).toBe('2026-05-01T08:00:01Z')
    publisher.now = new Date('2026-05-01T08:00:01.900Z')
    expect((await publisher.publish([resource('a', 'Once more')])).datestamp).toBe('2026-05-01T08:00:02Z')
  })

  it('are the present time when nothing speaks against it', () => {
    const now = new Date('2026-05-01T08:00:00.999Z')
    expect(nextDatestamp(now, undefined)).toBe('2026-05-01T08:00:00Z')
    expect(nextDatestamp(now, stamp('2026-05-01T07:59:59Z'))).toBe('2026-05-01T08:00:00Z')
    expect(nextDatestamp(now, stamp('2026-12-31T23:59:59Z'))).toBe('2027-01-01T00:00:00Z')
  })
})

describe('a publication that is killed', () => {
  const kill = (at: string) => {
    publisher.records.interrupt = (step) => {
      if (step === at) throw new Error('killed')
    }
  }
  const restart = () => {
    publisher.records.interrupt = () => {}
    later(10)
  }
  beforeEach(async () => {
    await publisher.publish([resource('a'), resource('b')])
    later(5)
  })

  it.each(['filled', 'before switch'])(
    '%s, has shown nothing: the change gets the time of the next one',
    async (at) => {
      kill(at)
      const seen = publisher.seen()
      await expect(publisher.publish([resource('a', 'Changed'), resource('c')])).rejects.toThrow('killed')
      expect(publisher.seen()).toEqual(seen)
      restart()
      expect(await publisher.publish([resource('a', 'Changed'), resource('c')])).toMatchObject({
        new: ['ivo://example.edu/c'],
        changed: ['ivo://example.edu/a'],
        deleted: ['ivo://example.edu/b'],
        datestamp: '2026-05-01T08:15:00Z',
      })
    },
  )

  it('after the switch, keeps every datestamp that was seen', async () => {
    kill('after switch')
    await expect(publisher.publish([resource('a', 'Changed'), resource('c')])).rejects.toThrow('killed')
    const seen = publisher.seen()
    restart()
    expect(await publisher.publish([resource('a', 'Changed'), resource('c')])).toMatchObject({
      unchanged: 2,
      new: [],
      changed: [],
      deleted: [],
      restored: [],
    })
    expect(publisher.seen()).toEqual(seen)
    expect((await publisher.ledger.read()).pending).toBe(undefined)
    expect((await publisher.ledger.read()).entries.get('ivo://example.edu/b')?.deleted).toBe(true)
  })
})

describe('what was lost', () => {
  beforeEach(async () => {
    await publisher.publish([resource('a'), resource('b')])
    later(5)
    await publisher.publish([resource('a', 'Changed')])
    later(5)
  })

  it('a generation is made again with the same bytes', async () => {
    const seen = publisher.seen()
    for (const { ivoid } of publisher.records.all()) publisher.records.drop(ivoid)
    const report = await publisher.publish([resource('a', 'Changed')])
    expect(report.restored).toEqual(['ivo://example.edu/a', 'ivo://example.edu/b'])
    expect(report.datestamp).toBe(undefined)
    expect(publisher.seen()).toEqual(seen)
  })

  it('a ledger put back from an older copy learns from the generation', async () => {
    const seen = publisher.seen()
    writeFileSync(publisher.ledger.path, readFileSync(backupPath(publisher.ledger.path)))
    await publisher.publish([resource('a', 'Changed')])
    expect(publisher.seen()).toEqual(seen)
  })

  it('a ledger that is gone is made again, and no datestamp moves', async () => {
    const seen = publisher.seen()
    rmSync(publisher.ledger.path)
    expect(await publisher.publish([resource('a', 'Changed')])).toMatchObject({ unchanged: 1, new: [], changed: [] })
    expect(publisher.seen()).toEqual(seen)
    expect((await publisher.ledger.read()).entries.get('ivo://example.edu/a')?.created).toBe('2026-05-01T08:00:00Z')
  })
})
