// Running client programs: what is installed, and what a program printed.
import { execFile, execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const runFile = promisify(execFile)

/** In continuous integration a missing client is a failure, not a reason to skip. */
export const clientsRequired = process.env.WAYMARK_CLIENTS === 'required'

/** The Python that Debian's packages install for. */
export const python = '/usr/bin/python3'

/** True when the command succeeds; otherwise prints why the tests of this client are skipped. */
export function isInstalled(client: string, command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore', timeout: 60_000 })
    return true
  } catch {
    if (!clientsRequired) console.log(`skipped: ${client} is not installed (${command} ${args.join(' ')})`)
    return clientsRequired
  }
}

/** Path of a file beside the client tests. */
export function clientFile(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url))
}

/** Runs a program to its end and gives its standard output; throws with both outputs when it fails. */
export async function run(
  command: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<string> {
  const { stdout } = await runFile(command, args, {
    env: { ...process.env, ...environment },
    maxBuffer: 256 * 1024 * 1024,
    timeout: 240_000,
  })
  return stdout
}
