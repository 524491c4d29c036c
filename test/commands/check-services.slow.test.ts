// Checks by schedule: what is no schedule is refused, and a stopped one runs no more.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { startCheckSchedule } from '../../src/commands/check-services.js'
import { readConfig } from '../../src/config.js'

const configWith = (checkSchedule: string) => {
  const folder = mkdtempSync(join(tmpdir(), 'waymark-schedule-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return readConfig({ checkSchedule, resources: join(folder, 'none'), state: folder }, {})
}

it('refuses what is no schedule', () => {
  expect(() => startCheckSchedule(configWith('every hour'), () => undefined)).toThrow(
    /schedule of checks is "every hour"/,
  )
})

it('tells a failed check and goes on; stopped, it runs no more', async () => {
  const failures: unknown[] = []
  const checks = startCheckSchedule(configWith('* * * * * *'), (thrown) => failures.push(thrown))
  await expect.poll(() => failures.length, { timeout: 6000 }).toBeGreaterThan(1)
  checks[Symbol.dispose]()
  const before = failures.length
  await new Promise((resolve) => setTimeout(resolve, 1500))
  expect(failures.length).toBe(before)
  expect(String(failures[0])).toMatch(/none/)
}, 15_000)
