// `waymark rollback`: what was taken in goes back, what we publish ourselves does not, whatever is killed or damaged.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.js'
import { sql } from '../../src/core/sql.js'
import { openRegistry } from '../../src/wire.js'
import { builtFile } from '../support/built.js'
import { type CommandOutcome, waymark } from '../support/command-line.js'
import { sampleXml } from '../support/sample-records.js'

const shipped = fileURLToPath(new URL('../../resources', import.meta.url))
const kills = 4

let template: string
let folder: string
let settings: readonly string[]
beforeAll(async () => {
  template = begin('waymark-rollback-template-')
  cpSync(shipped, join(folder, 'resources'), { recursive: true })
  await makeFourGenerations()
})
beforeEach(() => {
  cpSync(template, begin('waymark-rollback-'), { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))
afterAll(() => rmSync(template, { recursive: true, force: true }))

function begin(prefix: string): string {
  folder = mkdtempSync(join(tmpdir(), prefix))
  settings = ['--resources', join(folder, 'resources'), '--state', join(folder, 'state'), '--earlier-generations', '9']
  return folder
}

const run = (...args: readonly string[]): Promise<CommandOutcome> => waymark([...args, ...settings, '--log', 'silent'])

/** Takes in records of another registry, with that title. */
async function takeIn(title: string, ...names: readonly string[]): Promise<void> {
  const file = join(folder, 'foreign.xml')
  const records = names.map((name) => sampleXml({ ivoid: `ivo://other.example/${name}`, title }))
  writeFileSync(file, `<records>${records.join('')}</records>`)
  expect((await run('ingest', file, '--origin', 'ivo://other.example/registry')).code).toBe(0)
}

function retitle(title: string): void {
  const file = join(folder, 'resources/mast/gaiadr3.yaml')
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^title: .*$/m, `title: ${title}`))
}

/** `IVOID datestamp status` of our own records, and titles of those of others by IVOID, as they are served. */
async function served(): Promise<{ own: readonly string[]; others: Readonly<Record<string, string>>; titles: string }> {
  await using open = await openRegistry(
    readConfig({ resources: join(folder, 'resources'), state: join(folder, 'state') }, {}),
  )
  const rows = async (query: ReturnType<typeof sql>) => {
    const all: string[][] = []
    for await (const batch of open.registry.engine.query(query, { trusted: true }))
      all.push(...batch.map((row) => row.map(String)))
    return all
  }
  const own = await rows(
    sql`SELECT ivoid, datestamp, status FROM x.record WHERE origin = ${open.registry.ivoid} ORDER BY 1`,
  )
  const others = await rows(sql`SELECT ivoid, res_title FROM rr.resource WHERE ivoid LIKE 'ivo://other.example/%'`)
  const gaia = await open.registry.records.get('ivo://archive.stsci.edu/tap/gaiadr3')
  const titles = gaia?.status === 'active' ? (/<title>(.*?)<\/title>/.exec(gaia.xml)?.[1] ?? '') : ''
  return { own: own.map((row) => row.join(' ')), others: Object.fromEntries(others), titles }
}

/** Four generations: published, taken in, published with a change, taken in again. */
async function makeFourGenerations(): Promise<void> {
  expect((await run('publish')).code).toBe(0)
  await takeIn('good', 'a', 'b')
  retitle('A better title')
  expect((await run('publish')).out).toContain('1 changed')
  await takeIn('bad', 'a', 'c')
}

describe('rollback', () => {
  it('brings back records of others as they were, and keeps our own with their datestamps', async () => {
    const before = await served()
    expect(before.others).toEqual({
      'ivo://other.example/a': 'bad',
      'ivo://other.example/b': 'good',
      'ivo://other.example/c': 'bad',
    })
    const { code, out } = await run('rollback', '2')
    expect(out).toContain('generation 2 is brought back, as generation 5')
    expect(out).toContain('records of others: 1 again as they were, 1 removed that had come since')
    expect(out).toContain('1 of our own records')
    expect(code).toBe(0)
    const after = await served()
    expect(after.others).toEqual({ 'ivo://other.example/a': 'good', 'ivo://other.example/b': 'good' })
    expect(after.own).toEqual(before.own)
    expect(after.titles).toBe('A better title')
    // The ledger and the generation agree: there is nothing to put right.
    expect((await run('publish')).out).toMatch(/^published: \d+ unchanged/)
  })

  it('gives what changes by it new datestamps, so that who harvests us hears of it', async () => {
    const stamps = async () => {
      await using open = await openRegistry(
        readConfig({ resources: join(folder, 'resources'), state: join(folder, 'state') }, {}),
      )
      const query = sql`SELECT ivoid, datestamp, status, source_datestamp FROM x.record WHERE ivoid LIKE 'ivo://other.example/%'`
      const found: Record<string, readonly string[]> = {}
      for await (const batch of open.registry.engine.query(query, { trusted: true }))
        for (const [ivoid, ...rest] of batch) found[String(ivoid).slice(-1)] = rest.map(String)
      return found
    }
    const before = await stamps()
    const highest = Object.values(before)
      .map(([datestamp = '']) => datestamp)
      .sort()
      .at(-1)
    await run('rollback', '2')
    const after = await stamps()
    expect(after.b).toEqual(before.b)
    expect(after.a?.[0]?.localeCompare(highest ?? '')).toBe(1)
    expect(after.a?.slice(1)).toEqual(['active', before.a?.[2]])
    expect(after.c?.[0]?.localeCompare(highest ?? '')).toBe(1)
    expect(after.c?.slice(1)).toEqual(['deleted', before.c?.[2]])
  })

  it('without a name takes the previous one, and a second time goes forward again', async () => {
    await run('rollback')
    expect((await served()).others).toEqual({ 'ivo://other.example/a': 'good', 'ivo://other.example/b': 'good' })
    await run('rollback')
    expect((await served()).others).toMatchObject({ 'ivo://other.example/c': 'bad' })
  })

  it('is followed by a server that runs, whose documents are the right ones afterwards', async () => {
    await using open = await openRegistry(
      readConfig({ resources: join(folder, 'resources'), state: join(folder, 'state') }, {}),
    )
    const titleOf = async (ivoid: string) => {
      const record = await open.registry.records.get(ivoid)
      return record?.status === 'active' ? /<title>(.*?)<\/title>/.exec(record.xml)?.[1] : undefined
    }
    expect(await titleOf('ivo://other.example/c')).toBe('bad')
    let renewed = new Promise<void>((resolve) => open.registry.engine.onRenewed(resolve))
    await run('rollback', '2')
    await renewed
    expect(await titleOf('ivo://other.example/c')).toBeUndefined()
    // New records get the numbers that the forgotten ones had.
    renewed = new Promise<void>((resolve) => open.registry.engine.onRenewed(resolve))
    await takeIn('new', 'd', 'e', 'f')
    await renewed
    for (const name of ['d', 'e', 'f']) expect(await titleOf(`ivo://other.example/${name}`)).toBe('new')
  })

  it('lists what can be gone back to, and says what each is', async () => {
    const { out } = await run('generations')
    const [titles, ...lines] = out.trimEnd().split('\n')
    expect(titles).toMatch(/^generation {2}made \(UTC\) +by +records +deleted +size$/)
    expect(lines.map((line) => line.trim().split(/\s{2,}/))).toEqual([
      ['4', expect.any(String), 'ingest', expect.any(String), '0', expect.stringContaining('MB'), 'in use'],
      ['3', expect.any(String), 'publish', expect.any(String), '0', expect.stringContaining('MB'), 'previous'],
      ['2', expect.any(String), 'ingest', expect.any(String), '0', expect.stringContaining('MB')],
      ['1', expect.any(String), 'publish', expect.any(String), '0', expect.stringContaining('MB')],
    ])
    const json = (await run('generations', '--json')).out.trim().split('\n')
    expect(JSON.parse(json[0] ?? '')).toMatchObject({
      generation: 4,
      madeBy: 'ingest',
      use: 'current',
      records: { origins: 2 },
    })
    expect(await run('rollback', '9')).toMatchObject({ code: 3, err: expect.stringContaining('4, 3, 2, 1') })
  })

  it('goes back when the present generation is damaged, and publishes our own records anew with their datestamps', async () => {
    const { own } = await served()
    writeFileSync(join(folder, 'state/generations/4.duckdb'), 'damaged')
    expect((await run('publish')).code).toBe(1)
    const { code, err, out } = await run('rollback', '2')
    expect(err).toContain('cannot be read')
    expect(out).toContain('generation 2 is brought back')
    expect(code).toBe(0)
    const after = await served()
    expect(after.own).toEqual(own)
    expect(after.others).toEqual({ 'ivo://other.example/a': 'good', 'ivo://other.example/b': 'good' })
  })

  it(`survives ${kills} kills at any moment`, { timeout: 120_000 }, async () => {
    const { own } = await served()
    const main = builtFile('main')
    const go = (...args: readonly string[]) =>
      spawn(process.execPath, [main, 'rollback', ...args, ...settings], { stdio: 'ignore' })
    const started = performance.now()
    await once(go('2'), 'exit')
    const wholeMs = performance.now() - started
    await run('rollback')
    for (let kill = 0; kill < kills; kill++) {
      const child = go('2')
      const exit = once(child, 'exit')
      await sleep(wholeMs * (0.4 + 0.6 * Math.random()))
      child.kill('SIGKILL')
      await exit
      const state = await served()
      expect(state.own).toEqual(own)
      const isBack = !('ivo://other.example/c' in state.others)
      expect(state.others['ivo://other.example/a']).toBe(isBack ? 'good' : 'bad')
      if (isBack) await run('rollback', '4')
      expect((await run('publish')).out).toMatch(/^published: \d+ unchanged/)
    }
  })
})
