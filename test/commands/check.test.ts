// `waymark check` as cron runs it: lines, exit code, kept results.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runCommandLine } from '../../src/commands/index.js'

const shipped = fileURLToPath(new URL('../../resources', import.meta.url))
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'waymark-check-'))
  // One service that nothing listens at, and no moves.
  const left = /moves$|mast\/(?!defaults|authority|classy|tables)[^/]+\.yaml$/
  cpSync(shipped, join(folder, 'resources'), { recursive: true, filter: (path) => !left.test(path) })
  const file = join(folder, 'resources/mast/classy.yaml')
  const text = readFileSync(file, 'utf8').replaceAll(
    'https://mast.stsci.edu/vo-tap/api/v0.1/classy',
    'http://127.0.0.1:1/classy',
  )
  writeFileSync(file, text)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function check(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = ''
  let err = ''
  const folders = ['--resources', join(folder, 'resources'), '--state', join(folder, 'state')]
  const code = await runCommandLine(['check', ...args, ...folders], {
    environment: {},
    write: (text) => {
      out += text
    },
    writeError: (text) => {
      err += text
    },
    readInput: async function* () {},
    isTerminal: false,
  })
  return { code, out, err }
}

it('says what failed, keeps it, and ends with exit code 6', async () => {
  const { code, out, err } = await check('--allow-private', 'classy')
  expect(err).toBe('waymark: 1 address, 1 failed, 0 with warnings\n')
  expect(code).toBe(6)
  expect(out).toMatch(/^failed {2}http:\/\/127\.0\.0\.1:1\/classy ivo:.*\n {2}failed access: refuses the connection\n$/)
  const kept = JSON.parse(readFileSync(join(folder, 'state/probe-history.json'), 'utf8')) as unknown
  expect(kept).toMatchObject({ addresses: [{ last: { accessUrl: 'http://127.0.0.1:1/classy', outcome: 'failed' } }] })
})

it('does not reach into the own network by itself', async () => {
  const { out } = await check('--format', 'json', 'classy')
  expect(JSON.parse(out)).toMatchObject({ findings: [{ message: '127.0.0.1 is no public address' }] })
})

it('refuses what it cannot do', async () => {
  expect(await check('no-such-service')).toMatchObject({ code: 3 })
  expect(await check('--timeout', 'long')).toMatchObject({ code: 2 })
})
