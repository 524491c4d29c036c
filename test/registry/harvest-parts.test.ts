// The parts of a harvest that have to do with time: turns at hosts, gathering, lists that are continued.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { HarvestBars } from '../../src/commands/harvest-bars.js'
import { startSchedule } from '../../src/commands/schedule.js'
import { parseIvoid } from '../../src/core/ivoid.js'
import { Gathering } from '../../src/registry/harvest-gathering.js'
import { type SpooledRequest, withSpool } from '../../src/registry/harvest-spool.js'
import { HostSlots } from '../../src/registry/host-slots.js'

const folder = mkdtempSync(join(tmpdir(), 'waymark-spool-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('turns at hosts', () => {
  it('are as many as allowed, and never two at one host', async () => {
    const slots = new HostSlots(2)
    const running = new Map<string, number>()
    let most = 0
    const visit = async (url: string): Promise<void> => {
      const host = new URL(url).host
      running.set(host, (running.get(host) ?? 0) + 1)
      expect(running.get(host)).toBe(1)
      most = Math.max(
        most,
        [...running.values()].reduce((sum, count) => sum + count),
      )
      await sleep(2)
      running.set(host, 0)
    }
    const urls = ['http://a/1', 'http://a/2', 'http://b/1', 'http://c/1', 'http://b/2', 'http://a/3']
    await Promise.all(urls.map((url) => slots.run(url, () => visit(url))))
    expect(most).toBe(2)
  })

  it('go on after a failure', async () => {
    const slots = new HostSlots(1)
    await expect(slots.run('http://a/', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await slots.run('http://a/', async () => 7)).toBe(7)
  })
})

describe('gathering', () => {
  it('deals with everything together once nothing else is on its way', async () => {
    const groups: (readonly string[])[] = []
    const gathering = new Gathering<string, string>(3, 10_000, async (items) => {
      groups.push(items)
      return items.map((item) => (item === 'bad' ? { thrown: new Error('bad') } : { result: item.toUpperCase() }))
    })
    const results = Promise.allSettled([gathering.submit('a'), gathering.submit('bad')])
    gathering.leave()
    expect(await results).toMatchObject([{ value: 'A' }, { reason: { message: 'bad' } }])
    expect(groups).toEqual([['a', 'bad']])
  })

  it('does not wait for ever for the rest', async () => {
    const gathering = new Gathering<string, string>(2, 1, async (items) => items.map((result) => ({ result })))
    expect(await gathering.submit('early')).toBe('early')
    expect(await gathering.submit('late')).toBe('late')
  })
})

describe('a list that was interrupted', () => {
  const request: SpooledRequest = {
    baseUrl: 'https://vo.example.edu/oai',
    registry: 'ivo://example.edu/registry',
    set: 'ivo_managed',
    from: undefined,
    lastRun: undefined,
  }
  const now = new Date('2026-06-01T08:00:00Z')
  const documents = async (changes: Partial<SpooledRequest>, when = now): Promise<readonly string[]> =>
    withSpool(folder, { ...request, ...changes }, when, async (spool) => {
      const found: string[] = []
      for await (const document of spool.read()) found.push(document)
      return found
    })
  const begin = (): Promise<void> =>
    withSpool(folder, request, now, async (spool) => {
      await spool.restart()
      await spool.add('<one/>', 'token 1', '2026-06-01T07:59:59Z')
      await spool.add('<two/>', 'token 2', '2026-06-01T08:00:30Z')
    })

  it('goes on at the place it had reached, with the time at which it was begun', async () => {
    await begin()
    expect(await documents({})).toEqual(['<one/>', '<two/>'])
    await withSpool(folder, request, now, async (spool) => {
      expect(spool).toMatchObject({ token: 'token 2', responseDate: '2026-06-01T07:59:59Z', isComplete: false })
    })
  })

  it.each<[string, Partial<SpooledRequest>, Date?]>([
    ['something else is asked for', { from: '2026-05-01' }],
    ['the registry was harvested meanwhile', { lastRun: 3 }],
    ['a day has passed', {}, new Date('2026-06-02T08:00:01Z')],
  ])('begins anew when %s', async (_why, changes, when) => {
    await begin()
    expect(await documents(changes, when)).toEqual([])
  })

  it('is one process at a time', async () => {
    await withSpool(folder, request, now, async () => {
      await expect(documents({})).rejects.toMatchObject({
        kind: 'unavailable',
        message: expect.stringContaining('is being harvested by another process'),
      })
    })
  })

  it('leaves nothing when it was removed', async () => {
    await withSpool(folder, request, now, (spool) => spool.remove())
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('bars', () => {
  it('show what is under way with rates, and the sum', () => {
    let now = 0
    const context = {
      environment: {},
      write: () => {},
      writeError: () => {},
      readInput: async function* () {},
      isTerminal: false,
    }
    using bars = new HarvestBars(context, true, 3, () => now)
    const registry = parseIvoid('ivo://example.edu/registry')
    bars.update('https://vo.example.edu/oai', {
      registry,
      documents: 1,
      records: 250,
      bytes: 1e6,
      expectedRecords: 1000,
    })
    now = 2000
    bars.update('https://vo.example.edu/oai', {
      registry,
      documents: 2,
      records: 500,
      bytes: 3e6,
      expectedRecords: 1000,
    })
    bars.end('https://other.example/oai', () => {})
    expect(bars.lines()).toEqual([
      `██████████░░░░░░░░░░ ivo://example.edu/registry${' '.repeat(14)} 500 of 1,000 records in 2 parts, 250/s, 1.5 MB/s`,
      '███████░░░░░░░░░░░░░ 1 of 3 registries, 500 records, 0:02',
    ])
  })
})

describe('a schedule', () => {
  const work = { name: 'harvests', example: '40 */6 * * *', run: async () => {}, onFailure: () => {} }

  it('refuses what cron would not understand', () => {
    expect(() => startSchedule({ ...work, times: 'every day' })).toThrow(
      'The schedule of harvests is "every day"; expected minute, hour, day, month and weekday as cron has them, as "40 */6 * * *".',
    )
  })

  it('stops what is running when it is disposed', async () => {
    let signal: AbortSignal | undefined
    const started = new Promise<void>((resolve) => {
      const schedule = startSchedule({
        ...work,
        times: '* * * * * *',
        run: async (given) => {
          signal = given
          resolve()
          await sleep(1)
          schedule[Symbol.dispose]()
        },
      })
    })
    await started
    await sleep(20)
    expect(signal?.aborted).toBe(true)
  })
})
