// The move of MAST's TAP services in June 2025, replayed with two servers: records with the old addresses are published, a
// second registry harvests them, the move is carried out, and the next harvest brings the new addresses; then Pan-STARRS
// moves a second time.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, parseDocument } from 'yaml'
import { platform } from './catalogs.js'
import { runWaymark } from './program.js'
import { clientFile, isInstalled, python, run } from './support.js'
import { listRecords, openSite, type PublishedRecord, type Site, settingsOf } from './two-registries.js'

const shipped = fileURLToPath(new URL('../../resources', import.meta.url))
const moveFile = '2025-vo-tap.yaml'

interface MovedAddress {
  readonly former: readonly string[]
  readonly present: string
  readonly kind?: string
}
const addresses = (parse(readFileSync(join(shipped, 'moves', moveFile), 'utf8')) as { addresses: MovedAddress[] })
  .addresses

/** Every service that moved: its file, identifier, former address and present one. */
const services = [
  { file: 'caomtap', ivoid: 'ivo://archive.stsci.edu/caomtap', name: 'caom' },
  { file: 'ps1dr2tap', ivoid: 'ivo://archive.stsci.edu/ps1dr2tap', name: 'ps1dr2' },
  { file: 'hsc', ivoid: 'ivo://mast.example/tap/hsc', name: 'hsc' },
  { file: 'hscv2', ivoid: 'ivo://mast.example/tap/hscv2', name: 'hscv2' },
  { file: 'regtap', ivoid: 'ivo://archive.stsci.edu/regtap', name: 'registry' },
  { file: 'missionmast', ivoid: 'ivo://mast.example/tap/missionmast', name: 'missionmast' },
].map(({ file, ivoid, name }) => ({ file, ivoid, now: platform + name, before: formerOf(platform + name) }))
const movedIvoids = services.map(({ ivoid }) => ivoid).sort()

/** The first spelling of the address from which something moved to this one. */
function formerOf(present: string): string {
  const former = addresses.find((one) => one.present === present)?.former[0]
  if (former === undefined) throw new Error(`${moveFile} says nothing about ${present}`)
  return former
}

let folder: string
let first: Site
let second: Site

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waymark-move-'))
  first = await openSite(folder, 'first', (resources) => {
    cpSync(shipped, resources, { recursive: true })
    renameSync(join(resources, 'moves', moveFile), join(folder, moveFile))
    for (const service of services) movedBack(resources, service)
  })
  second = await openSite(folder, 'second', (resources) => {
    mkdirSync(resources)
    for (const file of ['registry.yaml', 'authority.yaml', 'regtap.yaml']) {
      const text = readFileSync(join(shipped, file), 'utf8').replaceAll('mast.example', 'second.example')
      writeFileSync(
        join(resources, file),
        text.replace('full: false', 'full: true').replace(', archive.stsci.edu]', ']'),
      )
    }
  })
})
afterAll(async () => {
  await first.server.stop()
  await second.server.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** A descriptor as it was before the move: former address, former page, no history. */
function movedBack(resources: string, { file, ivoid, now, before }: (typeof services)[number]): void {
  const path = join(resources, 'mast', `${file}.yaml`)
  const page = addresses.find((one) => one.kind === 'page' && one.present === `${now}/`)?.former[0]
  if (!existsSync(path)) {
    // The other catalogs of the move, which do not ship.
    const short = `${file} TAP`
    writeFileSync(
      path,
      `type: vs:CatalogService\nivoid: ${ivoid}\ntitle: MAST STScI ${short} service\nshortName: ${short}\ndescription: A catalog.\nreferenceUrl: ${page ?? before}\nsubjects: [catalogs]\ncontentTypes: [Catalog]\ncapabilities:\n  - type: tr:TableAccess # TAP\n    accessUrl: ${before}\n`,
    )
    return
  }
  const document = parseDocument(readFileSync(path, 'utf8'))
  document.setIn(['capabilities', 0, 'accessUrl'], before)
  document.deleteIn(['capabilities', 0, 'formerAccessUrls'])
  if (page !== undefined) document.set('referenceUrl', page)
  writeFileSync(path, document.toString())
}

async function harvest(): Promise<Record<string, unknown>> {
  const printed = await runWaymark('harvest', `${first.server.address}/oai`, '--json', ...settingsOf(second))
  return JSON.parse(printed) as Record<string, unknown>
}

/** Waits until both servers have taken over what their commands published; gives what the second serves of the first. */
async function harvested(ivoid: string, address: string): Promise<ReadonlyMap<string, PublishedRecord>> {
  const published = await listRecords(first)
  await expect
    .poll(async () => (await listRecords(second)).get(ivoid)?.xml, { timeout: 30_000 })
    .toContain(`>${address}<`)
  const served = await listRecords(second)
  for (const [one, record] of published) {
    expect(served.get(one)?.xml, one).toBe(record.xml)
    // A full registry dates records by their arrival (OAI-PMH 2.0 §2.7.1).
    expect((served.get(one)?.datestamp ?? '') >= record.datestamp, one).toBe(true)
  }
  return new Map([...served].filter(([one]) => published.has(one)))
}

/** Carries out a move in the first registry and publishes it. */
async function carryOut(file: string, ivoid: string, address: string): Promise<string> {
  await runWaymark('moves', 'apply', join(folder, file), '--resources', first.resources)
  const report = await runWaymark('publish', ...settingsOf(first))
  await expect
    .poll(async () => (await listRecords(first)).get(ivoid)?.xml, { timeout: 30_000 })
    .toContain(`>${address}<`)
  return report
}

async function resolveWithPyvo(ivoids: readonly string[]): Promise<unknown> {
  const environment = { IVOA_REGISTRY: `${second.server.address}/tap` }
  return JSON.parse(await run(python, [clientFile('resolve.py'), 'ivoid', ...ivoids], environment))
}

async function rows(site: Site, query: string): Promise<readonly string[]> {
  const parameters = new URLSearchParams({ LANG: 'ADQL', FORMAT: 'csv', QUERY: query })
  const answer = await fetch(`${site.server.address}/tap/sync?${parameters}`)
  return (await answer.text()).trim().split(/\r?\n/).slice(1)
}

const hasPyvo = isInstalled('pyvo', python, ['-c', 'import pyvo'])
let before: ReadonlyMap<string, PublishedRecord>

describe('before the move', () => {
  it('a second registry serves the records with their old addresses', async () => {
    expect(await harvest()).toMatchObject({ extent: 'full', new: 19, rejected: [] })
    before = await harvested('ivo://archive.stsci.edu/caomtap', formerOf(`${platform}caom`))
    expect(before.size).toBe(19)
    for (const { ivoid, before: address } of services) expect(before.get(ivoid)?.xml).toContain(`>${address}<`)
  })

  it.runIf(hasPyvo)('and pyvo finds the old addresses there', async () => {
    expect(await resolveWithPyvo(movedIvoids)).toEqual(
      Object.fromEntries(services.map((one) => [one.ivoid, [one.before]])),
    )
  })
})

describe('the move of 2025', () => {
  it('is shown by moves plan, for every service and nothing else', async () => {
    const printed = await runWaymark(
      ...['moves', 'plan', join(folder, moveFile), '--format', 'json', '--resources', first.resources],
    )
    const plan = JSON.parse(printed) as { files: readonly { file: string; ivoids: readonly string[] }[] }
    expect(plan.files.flatMap((one) => one.ivoids).sort()).toEqual(movedIvoids)
  })

  it('gives exactly the moved services a new datestamp; identifiers stay', async () => {
    expect(await carryOut(moveFile, 'ivo://archive.stsci.edu/caomtap', `${platform}caom`)).toMatch(
      /published: 6 changed, 13 unchanged/,
    )
    expect(await harvest()).toMatchObject({ extent: 'incremental', new: 0, changed: 6, deleted: 0, rejected: [] })
    const after = await harvested('ivo://archive.stsci.edu/caomtap', `${platform}caom`)
    expect([...after.keys()].sort()).toEqual([...before.keys()].sort())
    const redated = [...after].filter(([ivoid, { datestamp }]) => before.get(ivoid)?.datestamp !== datestamp)
    expect(redated.map(([ivoid]) => ivoid).sort()).toEqual(movedIvoids)
    for (const { ivoid, now } of services) {
      expect(after.get(ivoid)?.xml).toContain(`>${now}<`)
      expect(after.get(ivoid)?.xml.match(/standardID="ivo:\/\/ivoa.net\/std\/TAP"/g), ivoid).toHaveLength(1)
      expect(after.get(ivoid)?.xml).not.toContain('vao.stsci.edu')
    }
  })

  it('keeps the comments and the layout of descriptors', () => {
    const text = readFileSync(join(first.resources, 'mast/hscv2.yaml'), 'utf8')
    expect(text).toContain(
      '  - type: tr:TableAccess # TAP\n    accessUrl: https://mast.stsci.edu/vo-tap/api/v0.1/hscv2\n',
    )
  })

  it.runIf(hasPyvo)('gives pyvo the new addresses through the second registry', async () => {
    expect(await resolveWithPyvo(movedIvoids)).toEqual(
      Object.fromEntries(services.map((one) => [one.ivoid, [one.now]])),
    )
  })

  it('leads every former address to the present one', async () => {
    for (const { former, present } of addresses)
      for (const url of former) {
        const answer = await fetch(`${first.server.address}/moved?format=json&url=${encodeURIComponent(url)}`)
        expect(await answer.json(), url).toMatchObject({ status: 'moved', newUrl: present })
      }
  })

  it('keeps the history of addresses, for TAP', async () => {
    const found = await rows(
      first,
      "SELECT access_url FROM waymark.access_url_history WHERE ivoid = 'ivo://archive.stsci.edu/caomtap' ORDER BY published_from",
    )
    expect(found).toEqual([formerOf(`${platform}caom`), `${platform}caom`])
  })
})

describe('the second move of Pan-STARRS', () => {
  const ivoid = 'ivo://archive.stsci.edu/ps1dr2tap'
  const target = `${platform}mast_catalogs`

  it('reaches the second registry with one new datestamp, and is the end of the chain', async () => {
    writeFileSync(
      join(folder, '2026-mast-catalogs.yaml'),
      `move: 2026-mast-catalogs
title: Large catalogs move into one service
addresses:
  - former: ['${platform}ps1dr2']
    present: ${target}
    renamedTables: { dbo.MeanObject: ps1_dr2.mean_object, dbo.Detection: ps1_dr2.detection }
`,
    )
    const earlier = await listRecords(second)
    expect(await carryOut('2026-mast-catalogs.yaml', ivoid, target)).toMatch(/published: 1 changed, 18 unchanged/)
    expect(await harvest()).toMatchObject({ extent: 'incremental', new: 0, changed: 1, deleted: 0, rejected: [] })
    const after = await harvested(ivoid, target)
    const redated = [...after].filter(([one, { datestamp }]) => earlier.get(one)?.datestamp !== datestamp)
    expect(redated.map(([one]) => one)).toEqual([ivoid])
    const url = encodeURIComponent(`${formerOf(`${platform}ps1dr2`)}/sync`)
    const answer = await fetch(`${first.server.address}/moved?format=json&url=${url}`)
    expect(await answer.json()).toMatchObject({
      status: 'moved',
      newUrl: `${target}/sync`,
      ivoid,
      steps: [{ to: `${platform}ps1dr2` }, { to: target }],
      changes: expect.arrayContaining([
        expect.objectContaining({ what: 'table', former: 'dbo.MeanObject', present: 'ps1_dr2.mean_object' }),
      ]),
    })
    expect(
      await rows(
        first,
        `SELECT access_url FROM waymark.access_url_history WHERE ivoid = '${ivoid}' ORDER BY published_from`,
      ),
    ).toEqual([formerOf(`${platform}ps1dr2`), `${platform}ps1dr2`, target])
  })

  it.runIf(hasPyvo)('gives pyvo the address of the end', async () => {
    expect(await resolveWithPyvo([ivoid])).toEqual({ [ivoid]: [target] })
  })
})
