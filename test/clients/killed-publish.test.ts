// `waymark publish` killed with -9 at random moments: nothing is lost, doubled or dated anew.
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { run } from './support.js'

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
const shipped = fileURLToPath(new URL('../../resources', import.meta.url))

interface LedgerFile {
  readonly records: Readonly<
    Record<string, { readonly datestamp: string; readonly created: string; readonly deleted: boolean }>
  >
}

it('a publication killed at any moment leaves what was there, and the next one completes it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'waymark-killed-'))
  const resources = join(folder, 'resources')
  const state = join(folder, 'state')
  cpSync(shipped, resources, { recursive: true })
  const args = [program, 'publish', '--resources', resources, '--state', state]
  const ledger = (): LedgerFile => JSON.parse(readFileSync(join(state, 'ledger.json'), 'utf8')) as LedgerFile
  const gaia = join(resources, 'mast/gaiadr3.yaml')
  const moving = 'ivo://archive.stsci.edu/tap/gaiadr3'

  await run(process.execPath, args)
  const first = ledger()
  const original = readFileSync(gaia, 'utf8')
  const started = performance.now()
  await run(process.execPath, args)
  const usualMs = performance.now() - started

  for (let round = 1; round <= 7; round++) {
    writeFileSync(gaia, original.replace('v0.1/gaiadr3\n', `v0.${round + 1}/gaiadr3\n`))
    await killedAfter(args, Math.random() * usualMs * 1.5)
    const out = await run(process.execPath, args)
    expect(out).toMatch(/1 (changed|restored)|17 unchanged/)
    const now = ledger()
    expect(Object.keys(now.records)).toEqual(Object.keys(first.records))
    for (const [ivoid, entry] of Object.entries(first.records)) {
      if (ivoid === moving) expect(now.records[ivoid]?.created).toBe(entry.created)
      else expect(now.records[ivoid], ivoid).toEqual(entry)
    }
    expect(await run(process.execPath, args)).toContain('17 unchanged')
  }
  rmSync(folder, { recursive: true, force: true })
})

function killedAfter(args: readonly string[], milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { stdio: 'ignore' })
    setTimeout(() => child.kill('SIGKILL'), milliseconds)
    child.once('exit', () => resolve())
  })
}
