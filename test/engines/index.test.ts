import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { settings } from '../../src/config.js'
import { engines, openEngine } from '../../src/engines/index.js'
import { temporaryFolder } from './support.js'

it('opens an engine by its name, below the folder of the state', async () => {
  const state = temporaryFolder()
  await using engine = await openEngine('duckdb', { state })
  expect(engine.name).toBe('duckdb')
  expect(existsSync(join(state, 'generations'))).toBe(true)
})

it('names the engines there are when asked for another', async () => {
  await expect(openEngine('oracle', { state: temporaryFolder() })).rejects.toMatchObject({
    kind: 'usage',
    message: expect.stringMatching(/"oracle".*duckdb, postgresql/),
  })
})

it('asks for the address of the database when PostgreSQL is to be used without one', async () => {
  await expect(openEngine('postgresql', { state: temporaryFolder() })).rejects.toMatchObject({
    kind: 'usage',
    message: expect.stringContaining('DATABASE_URL'),
  })
})

it('has every engine named in the description of the setting', () => {
  const setting = settings.find((candidate) => candidate.name === 'engine')
  for (const { name } of engines) expect(setting?.description).toContain(name)
})
