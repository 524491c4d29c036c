// Snapshots and replicas: what a replica serves, what it takes over, and what it never does.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.js'
import { type OpenReplica, openReplica } from '../../src/commands/open-replica.js'
import { readConfig } from '../../src/config.js'
import { RegistryError } from '../../src/core/errors.js'
import type { ReplicaNews } from '../../src/registry/replica.js'
import { safeRedirects } from '../../src/registry/safe-redirects.js'
import type { SnapshotManifest } from '../../src/registry/snapshot-manifest.js'
import { openRegistry } from '../../src/wire.js'
import { builtFile } from '../support/built.js'
import { waymark } from '../support/command-line.js'
import { openSnapshotHost, type SnapshotHost } from '../support/snapshot-host.js'

const shipped = fileURLToPath(new URL('../../resources', import.meta.url))
const gaia = 'ivo://archive.stsci.edu/tap/gaiadr3'
const sourceUrl = 'https://source.example/registry'
const replicaUrl = 'https://replica.example'

let template: string
let folder: string
let host: SnapshotHost
let news: ReplicaNews[]

/** Publishes with that title of one record, and writes the snapshot. */
async function publishAndSnapshot(title: string, target: string): Promise<void> {
  const file = join(folder, 'resources/mast/gaiadr3.yaml')
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^title: .*$/m, `title: ${title}`))
  const settings = [
    '--state',
    join(folder, 'source'),
    '--resources',
    join(folder, 'resources'),
    '--base-url',
    sourceUrl,
  ]
  expect(await waymark(['publish', ...settings])).toMatchObject({ code: 0 })
  expect(await waymark(['snapshot', join(folder, target), ...settings])).toMatchObject({ code: 0 })
}

/** The source puts its second snapshot in place of the first. */
function replaceByTheSecond(): void {
  for (const suffix of ['', '.json']) copyFileSync(join(folder, `second.duckdb${suffix}`), `${snapshotFile()}${suffix}`)
}

const snapshotFile = () => join(folder, 'www/vo.duckdb')

function readManifest(): SnapshotManifest {
  return JSON.parse(readFileSync(`${snapshotFile()}.json`, 'utf8')) as SnapshotManifest
}

/** Changes the manifest, and makes it fit the file again unless told what to say. */
function rewriteManifest(changes: Partial<Record<keyof SnapshotManifest, unknown>> = {}): void {
  const bytes = readFileSync(snapshotFile())
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  writeFileSync(
    `${snapshotFile()}.json`,
    JSON.stringify({ ...readManifest(), bytes: bytes.length, sha256, ...changes }),
  )
}

beforeAll(async () => {
  folder = template = mkdtempSync(join(tmpdir(), 'waymark-replica-template-'))
  cpSync(shipped, join(folder, 'resources'), { recursive: true })
  await publishAndSnapshot('First title', 'www/vo.duckdb')
  await publishAndSnapshot('Second title', 'second.duckdb')
})
afterAll(() => rmSync(template, { recursive: true, force: true }))
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waymark-replica-'))
  cpSync(template, folder, { recursive: true })
  host = await openSnapshotHost(join(folder, 'www'))
  news = []
})
afterEach(async () => {
  await host.close()
  rmSync(folder, { recursive: true, force: true })
})

function open(snapshot: string, limitBytes = 100_000_000): Promise<OpenReplica> {
  const config = readConfig(
    {
      snapshot,
      state: join(folder, 'replica'),
      baseUrl: replicaUrl,
      snapshotPollSeconds: 1,
      snapshotLimitBytes: limitBytes,
    },
    {},
  )
  return openReplica(config, {
    processes: 0,
    fetch: safeRedirects(
      fetch,
      () => false,
      (_named, _at, reason) => new RegistryError('unavailable', reason),
    ),
    userAgent: 'test',
    onNews: (one) => news.push(one),
  })
}

const openUrl = () => open(host.address('vo.duckdb'))

/** The title that a replica shows. */
async function titleIn({ registry }: OpenReplica): Promise<string | undefined> {
  const record = await registry.records.get(gaia)
  return record?.status === 'active' ? /<title>(.*?)<\/title>/.exec(record.xml)?.[1] : undefined
}

async function waitFor<Found>(what: string, look: () => Found | undefined, seconds = 60): Promise<Found> {
  for (const end = performance.now() + seconds * 1000; performance.now() < end; await sleep(50)) {
    const found = look()
    if (found !== undefined) return found
  }
  throw new Error(`${what} did not come within ${seconds} s; news: ${JSON.stringify(news)}`)
}

const failure = () => news.find((one) => one.kind === 'failed')?.error

describe('a replica', () => {
  it('hands out by OAI-PMH, TAP and pages what the source does, under its own address', async () => {
    replaceByTheSecond()
    await using replica = await openUrl()
    const app = await createApp(replica.registry)
    const state = join(folder, 'source')
    await using source = await openRegistry(
      readConfig({ state, resources: join(folder, 'resources'), baseUrl: sourceUrl }, {}),
    )
    const sourceApp = await createApp(source.registry)
    const list = '/oai?verb=ListRecords&metadataPrefix=ivo_vor'
    const records = (text: string) => text.match(/<record>.*?<\/record>/gs)
    const ours = records((await app.inject(list)).body)
    expect(ours).toHaveLength(17)
    expect(ours).toEqual(records((await sourceApp.inject(list)).body))
    const identify = (await app.inject('/oai?verb=Identify')).body
    expect(identify).toContain(`<baseURL>${replicaUrl}/oai</baseURL>`)
    expect(identify).toContain(`${sourceUrl}/oai</accessURL>`)
    const query = 'SELECT COUNT(*) AS n FROM rr.resource'
    const answer = await app.inject(`/tap/sync?REQUEST=doQuery&LANG=ADQL&FORMAT=csv&QUERY=${encodeURIComponent(query)}`)
    expect(answer.body.trim().split(/\s+/)).toEqual(['n', '17'])
    expect((await app.inject('/tap/capabilities')).body).toContain(`>${replicaUrl}/tap</accessURL>`)
    expect((await app.inject('/oai/capabilities')).body).toContain(`>${replicaUrl}/oai</accessURL>`)
    expect((await app.inject('/')).body).toContain('Second title')
    await app.close()
    await sourceApp.close()
  })

  it('follows newer snapshots at an address, and asks only whether there is one', async () => {
    await using replica = await openUrl()
    replica.replica.follow()
    await waitFor('an answer without a body', () => host.answered.find((one) => one === '304 /vo.duckdb.json'))
    expect(await titleIn(replica)).toBe('First title')
    replaceByTheSecond()
    await waitFor('the second snapshot', () =>
      news.filter(({ kind }) => kind === 'installed').length === 2 ? true : undefined,
    )
    expect(await titleIn(replica)).toBe('Second title')
  })

  it('follows a file', async () => {
    await using replica = await open(snapshotFile())
    replica.replica.follow()
    replaceByTheSecond()
    await waitFor('the second snapshot', () =>
      news.filter(({ kind }) => kind === 'installed').length === 2 ? true : undefined,
    )
    expect(await titleIn(replica)).toBe('Second title')
  })

  it('starts with the last good one when its source cannot be reached, and follows when it is back', async () => {
    await (await openUrl())[Symbol.asyncDispose]()
    host.intervene = (_path, response) => Boolean(response.destroy())
    await using replica = await openUrl()
    expect(failure()).toMatchObject({ kind: 'unavailable' })
    expect(await titleIn(replica)).toBe('First title')
    host.intervene = undefined
    replaceByTheSecond()
    replica.replica.follow()
    await waitFor('the second snapshot', () => news.filter(({ kind }) => kind === 'installed')[1])
    expect(await titleIn(replica)).toBe('Second title')
  })

  it('does not serve the data of one source for another that cannot be reached', async () => {
    await (await openUrl())[Symbol.asyncDispose]()
    await expect(open(host.address('other.duckdb'))).rejects.toMatchObject({ kind: 'unavailable' })
  })

  it('does not go back to an older snapshot', async () => {
    await using replica = await openUrl()
    replica.replica.follow()
    rewriteManifest({ generation: 'another', made: '2020-01-01T00:00:00Z' })
    const asked = host.answered.length
    await waitFor('a look at the manifest', () => (host.answered.length > asked + 1 ? true : undefined))
    expect(news.map(({ kind }) => kind)).toEqual(['fetching', 'installed'])
  })

  it('refuses the snapshot of another registry while it serves', async () => {
    await using replica = await openUrl()
    replica.replica.follow()
    rewriteManifest({ generation: 'another', registry: 'ivo://other.example/registry' })
    expect((await waitFor('the refusal', failure)).message).toContain('ivo://other.example/registry')
    expect(await titleIn(replica)).toBe('First title')
  })
})

describe('a snapshot that is broken or tampered with never takes the place of a good one:', () => {
  const file = () => snapshotFile()
  const changeByte = () => {
    const bytes = readFileSync(file())
    bytes[5000] = (bytes[5000] ?? 0) ^ 1
    writeFileSync(file(), bytes)
  }
  /** Lets DuckDB change the file as somebody with bad intentions would, and makes the manifest fit. */
  const tamper = async (...statements: readonly string[]) => {
    const instance = await DuckDBInstance.create(file())
    const connection = await instance.connect()
    for (const statement of statements) await connection.run(statement)
    await connection.run('CHECKPOINT')
    connection.closeSync()
    instance.closeSync()
    rewriteManifest()
  }
  const redirect = (target: string) => {
    host.intervene = (path, response) => {
      if (path.endsWith('.json')) return false
      response.writeHead(302, { location: target }).end()
      return true
    }
  }
  const cases: readonly (readonly [string, () => unknown, string])[] = [
    ['one with another byte', changeByte, 'its SHA-256 is'],
    ['one that ends early', () => truncateSync(file(), 100_000), 'it ends after 100000 of'],
    ['one that is longer', () => appendFileSync(file(), 'x'), 'it is longer than'],
    [
      'one that is no database',
      () => {
        writeFileSync(file(), 'hello')
        rewriteManifest()
      },
      'cannot be opened as a database',
    ],
    [
      'one of a future format',
      () => rewriteManifest({ format: 2, program: '9.0' }),
      'is of format 2, made by version 9.0',
    ],
    ['a manifest that is none', () => writeFileSync(`${file()}.json`, '<html>'), 'it is not a JSON object'],
    ['a manifest without end', () => writeFileSync(`${file()}.json`, ' '.repeat(200_000)), 'longer than 100000 bytes'],
    [
      'one with a view in it',
      () => tamper("CREATE VIEW rr.evil AS SELECT * FROM read_csv('/etc/passwd')"),
      'it has a view "evil"',
    ],
    ['one with a macro in it', () => tamper('CREATE MACRO x.lower(a) AS 42'), 'it has a macro "lower"'],
    ['one without a table', () => tamper('DROP TABLE rr.interface'), 'it has no table rr.interface'],
    [
      'one with another column',
      () => tamper('ALTER TABLE rr.resource RENAME res_title TO title'),
      'rr.resource has "title" VARCHAR as column 5',
    ],
    [
      'one with fewer records',
      () => tamper("DELETE FROM x.record WHERE ivoid LIKE '%hsc'"),
      'not those that the manifest describes',
    ],
    ['one that is not there', () => rmSync(file()), 'answers with status 404'],
    ['one that redirects to a file', () => redirect('file:///etc/passwd'), 'file: is not followed'],
    ['one that redirects into a private network', () => redirect('http://localhost:9/x'), 'no public address'],
  ]
  it.each(cases)('%s', async (_name, spoil, reason) => {
    const good = readManifest()
    await using replica = await openUrl()
    replaceByTheSecond()
    await spoil()
    replica.replica.follow()
    expect((await waitFor('the failure', failure)).message).toContain(reason)
    expect(await titleIn(replica)).toBe('First title')
    expect(replica.facts.id).toBe(good.generation)
    expect(readdirSync(join(folder, 'replica/replica/incoming'))).toEqual(['source'])
    // As soon as it is whole, it serves.
    host.intervene = undefined
    replaceByTheSecond()
    await waitFor('the whole one', () => news.filter(({ kind }) => kind === 'installed')[1])
    expect(await titleIn(replica)).toBe('Second title')
  })

  it('one that is bigger than the limit', async () => {
    await expect(open(host.address('vo.duckdb'), 1000)).rejects.toMatchObject({ kind: 'limit' })
  })

  it('anything but files, http and https', async () => {
    await expect(open('ftp://vo.example.org/vo.duckdb')).rejects.toMatchObject({ kind: 'usage' })
  })
})

describe('a replica that is killed while it fetches', () => {
  it('starts with the last good one, and removes what it had begun', { timeout: 180_000 }, async () => {
    const main = builtFile('main')
    const state = join(folder, 'replica')
    const start = () => {
      const child = spawn(
        process.execPath,
        [
          main,
          'serve',
          '--snapshot',
          host.address('vo.duckdb'),
          '--state',
          state,
          '--port',
          '0',
          '--snapshot-poll',
          '1',
        ],
        { stdio: ['ignore', 'pipe', 'pipe'] },
      )
      let said = ''
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
      return { child, said: () => said, exit: once(child, 'exit') }
    }
    const serves = (one: ReturnType<typeof start>) =>
      waitFor('the replica', () => /Waymark serves a replica .*:(\d+)$/m.exec(one.said())?.[1], 90)
    const first = start()
    await serves(first)
    replaceByTheSecond()
    // The second snapshot comes half, and then nothing more.
    const bytes = statSync(snapshotFile()).size
    host.intervene = (path, response) => {
      if (path.endsWith('.json')) return false
      response.writeHead(200, { 'content-length': bytes })
      response.write(readFileSync(snapshotFile()).subarray(0, bytes / 2))
      return true
    }
    const incoming = join(state, 'replica/incoming')
    const parts = () => readdirSync(incoming).filter((name) => name.endsWith('.part'))
    await waitFor('half a snapshot', () => parts().find((name) => statSync(join(incoming, name)).size > 100_000))
    first.child.kill('SIGKILL')
    await first.exit
    expect(parts()).toHaveLength(1)
    host.intervene = (_path, response) => Boolean(response.destroy())
    const second = start()
    const port = await serves(second)
    expect(second.said()).toContain('The last good snapshot is served')
    expect(parts()).toEqual([])
    const page = await (await fetch(`http://127.0.0.1:${port}/`)).text()
    expect(page).toContain('First title')
    host.intervene = undefined
    await waitFor('the second snapshot', () => (second.said().includes('serves, with 17 records') ? true : undefined))
    second.child.kill('SIGTERM')
    await second.exit
    expect(existsSync(join(state, 'replica/generations/2.duckdb'))).toBe(true)
  })
})
