// `waymark diff`: what publishing would change, told before it, with nothing written.
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { waymark } from '../support/command-line.js'

const folder = mkdtempSync(join(tmpdir(), 'waymark-diff-'))
const resources = join(folder, 'resources')
const state = join(folder, 'state')
const run = (verb: string, ...args: string[]) =>
  waymark([verb, ...args, '--resources', resources, '--state', state, '--log', 'silent'])

beforeAll(() => cpSync('resources', resources, { recursive: true }))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function edit(file: string, from: string | RegExp, to: string): void {
  const path = join(resources, file)
  const before = readFileSync(path, 'utf8')
  const after = before.replace(from, to)
  expect(after).not.toBe(before)
  writeFileSync(path, after)
}

/** Every file of the state with its content's time and size. */
const stateFiles = () =>
  readdirSync(state, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path, statSync(path).mtimeMs, statSync(path).size])

it('tells before the first publication that everything is new, and makes no state', async () => {
  const { code, out } = await run('diff')
  expect(code).toBe(0)
  expect(out).toMatch(/new ivo:\/\/archive\.stsci\.edu\/tap\/gaiadr3 .*gaiadr3\.yaml\)\n {2}vs:CatalogService MAST/)
  expect(out).toMatch(/17 new, 0 unchanged\. Nothing is published yet: waymark publish\n$/)
  expect(existsSync(state)).toBe(false)
  expect((await run('diff', '--exit-code')).code).toBe(1)
})

it('tells of nothing once everything is published', async () => {
  await run('publish')
  expect(await run('diff', '--exit-code')).toMatchObject({
    code: 0,
    out: 'Nothing would change: 17 records are as published.\n',
  })
  expect((await run('diff', '--xml')).out).toBe('')
})

it('tells what is new, changed and gone, in the words of descriptors, and publishing then does that', async () => {
  edit('mast/gaiadr3.yaml', 'api/v0.1/gaiadr3\n', 'api/v0.2/gaiadr3\n')
  edit('mast/tables/tic.yaml', 'pos.eq.ra;meta.main', 'pos.eq.ra')
  rmSync(join(resources, 'mast/goods.yaml'))
  writeFileSync(
    join(resources, 'new.yaml'),
    readFileSync('resources/organisation.yaml', 'utf8')
      .replace('stsci-arc', 'second')
      .replace(/^title:.*$/m, 'title: Second archive'),
  )
  const before = stateFiles()
  const { code, out } = await run('diff', '--exit-code')
  expect(code).toBe(1)
  expect(out).toContain(
    '  ~ capabilities[0].accessUrl: https://mast.stsci.edu/vo-tap/api/v0.1/gaiadr3 → https://mast.stsci.edu/vo-tap/api/v0.2/gaiadr3\n',
  )
  expect(out).toMatch(
    /changed ivo:\/\/mast\.example\/tap\/tic .*tic\.yaml\)\n {2}~ tableset\.schemas\[\d\]\.tables\[\d\]\.columns\[\d+\]\.ucd \(dbo\.\w+ \w+\): pos\.eq\.ra;meta\.main → pos\.eq\.ra\n/,
  )
  expect(out).toMatch(/new ivo:\/\/archive\.stsci\.edu\/second .*\n {2}vr:Organisation Second archive\n/)
  expect(out).toMatch(/deleted ivo:\/\/mast\.example\/tap\/goods\n.*GOODS.* becomes a tombstone/)
  expect(out).toMatch(/1 new, 2 changed, 1 deleted, .*14 unchanged\./)
  expect(stateFiles()).toEqual(before)
  const json = JSON.parse((await run('diff', '--format', 'json', 'gaia')).out) as {
    changes: { differences: unknown[] }[]
  }
  expect(json.changes).toHaveLength(1)
  expect(json.changes[0]?.differences[0]).toMatchObject({ path: 'capabilities[0].accessUrl', kind: 'changed' })
  expect((await run('publish')).out).toMatch(/1 new, 2 changed, 1 deleted, 14 unchanged/)
})

it('shows records as a patch: what is served now against what would be', async () => {
  edit('mast/gaiadr3.yaml', 'api/v0.2/gaiadr3\n', 'api/v0.1/gaiadr3\n')
  cpSync('resources/mast/goods.yaml', join(resources, 'mast/goods.yaml'))
  rmSync(join(resources, 'new.yaml'))
  const { out } = await run('diff', '--xml')
  const lines = out.split('\n')
  expect(lines).toContain('--- a/archive.stsci.edu/tap/gaiadr3')
  expect(lines).toContain('-      <accessURL use="base">https://mast.stsci.edu/vo-tap/api/v0.2/gaiadr3</accessURL>')
  expect(lines).toContain('+      <accessURL use="base">https://mast.stsci.edu/vo-tap/api/v0.1/gaiadr3</accessURL>')
  // Times are given by the publication and are no difference.
  expect(out.match(/^[-+] *<ri:Resource[^\n]*gaiadr3/gm)).toBe(null)
  expect(lines.slice(lines.indexOf('--- /dev/null')).slice(0, 2)).toEqual([
    '--- /dev/null',
    '+++ b/mast.example/tap/goods',
  ])
  expect(lines[lines.indexOf('--- a/archive.stsci.edu/second') + 1]).toBe('+++ /dev/null')
  expect((await run('diff', 'goods')).out).toMatch(/returned .*\n {2}was deleted, and comes back/)
})

it('refuses descriptors that could not be published, with their places', async () => {
  edit('mast/tables/tic.yaml', 'pos.eq.dec', 'pos.eq.decc')
  const { code, err } = await run('diff')
  expect(code).toBe(4)
  expect(err).toMatch(/tic\.yaml:\d+:\d+: error ucd-word.*\n.*this could not be published: 1 error/s)
})
