// Starts the built program once for all client tests, as a user would, and stops it afterwards.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** `http://localhost:PORT` of the running server. */
    baseUrl: string
    stateFolder: string
  }
}

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (!existsSync(program)) throw new Error('dist/main.js is missing: run `npm run build` first')
  const state = mkdtempSync(join(tmpdir(), 'waymark-clients-'))
  const server = spawn(process.execPath, [program, 'serve', '--port', '0', '--state', state], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, WAYMARK_BASE_URL: '' },
  })
  project.provide('baseUrl', await addressOf(server))
  project.provide('stateFolder', state)
  return async () => {
    const ended = new Promise((resolve) => server.once('exit', resolve))
    server.kill('SIGTERM')
    await ended
    rmSync(state, { recursive: true, force: true })
  }
}

/** The address that the program prints once it serves. */
function addressOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = ''
    const look = (chunk: Buffer): void => {
      printed += chunk.toString()
      const address = /(http:\/\/localhost:\d+)\/tap\b/.exec(printed)?.[1]
      if (address !== undefined) resolve(address)
    }
    server.stdout?.on('data', look)
    server.stderr?.on('data', look)
    server.once('exit', (code) => reject(new Error(`the server ended with exit code ${code}:\n${printed}`)))
  })
}
