// The built program as its users run it: a command to its end, or a server in a process of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { run } from './support.js'

/** The built program. */
export const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

export interface RunningServer {
  /** `http://localhost:PORT`, where it really listens. */
  readonly address: string
  stop(): Promise<void>
}

/** Runs `waymark` with the arguments to its end and gives what it printed; throws when it fails. */
export function runWaymark(...args: readonly string[]): Promise<string> {
  return run(process.execPath, [program, ...args], { WAYMARK_BASE_URL: '' })
}

/** Starts `waymark serve` on a free port and waits until it serves. */
export async function startServer(...args: readonly string[]): Promise<RunningServer> {
  if (!existsSync(program)) throw new Error('dist/main.js is missing: run `npm run build` first')
  const server = spawn(process.execPath, [program, 'serve', '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, WAYMARK_BASE_URL: '' },
  })
  return {
    address: await addressOf(server),
    stop: async () => {
      const ended = new Promise((resolve) => server.once('exit', resolve))
      server.kill('SIGTERM')
      await ended
    },
  }
}

/** The address that the program prints once it serves. */
function addressOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = ''
    const look = (chunk: Buffer): void => {
      printed += chunk.toString()
      const port = /^Waymark serves .*:(\d+)$/m.exec(printed)?.[1]
      if (port !== undefined && printed.includes('Resolve one')) resolve(`http://localhost:${port}`)
    }
    server.stdout?.on('data', look)
    server.stderr?.on('data', look)
    server.once('exit', (code) => reject(new Error(`the server ended with exit code ${code}:\n${printed}`)))
  })
}
