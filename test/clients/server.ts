// Starts the built program once for all client tests, as a user would, and stops it afterwards.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startServer } from './program.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** `http://localhost:PORT` of the running server. */
    baseUrl: string
    stateFolder: string
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const state = mkdtempSync(join(tmpdir(), 'waymark-clients-'))
  const server = await startServer('--state', state)
  project.provide('baseUrl', server.address)
  project.provide('stateFolder', state)
  return async () => {
    await server.stop()
    rmSync(state, { recursive: true, force: true })
  }
}
