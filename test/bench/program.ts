// The built program as a user runs it: a command to its end, or a server until it is stopped, with CPU and memory.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { watchProcess } from './process-usage.js'

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

export interface CommandFigures {
  readonly seconds: number
  readonly cpuSeconds: number
  /** Highest memory of the process with its children. */
  readonly peakBytes: number
  readonly output: string
}

/** Runs `waymark …` to its end. Throws with what it printed when it ends with another exit code. */
export async function runCommand(args: readonly string[], exitCode = 0): Promise<CommandFigures> {
  const started = performance.now()
  const child = start(args, {})
  const watch = watchProcess(child.pid ?? 0)
  const output = collectOutput(child)
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  const { peakBytes, cpuSeconds } = watch.stop()
  if (code !== exitCode) throw new Error(`waymark ${args.join(' ')} ended with exit code ${code}:\n${output()}`)
  return { seconds: (performance.now() - started) / 1000, cpuSeconds, peakBytes, output: output() }
}

export interface RunningServer {
  /** `http://localhost:PORT` */
  readonly baseUrl: string
  readonly pid: number
  /** Seconds from start to the first address printed. */
  readonly startSeconds: number
  stop(): Promise<void>
}

/** Starts `waymark serve` on a free port. Throws with what it printed when it does not come up. */
export async function startServer(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<RunningServer> {
  const started = performance.now()
  const child = start(['serve', '--port', '0', ...args], { WAYMARK_BASE_URL: '', WAYMARK_LOG: 'warn', ...environment })
  const output = collectOutput(child)
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const baseUrl = await new Promise<string>((resolve, reject) => {
    const look = (): void => {
      const address = /(http:\/\/localhost:\d+)\b/.exec(output())?.[1]
      if (address !== undefined) resolve(address)
    }
    child.stdout?.on('data', look)
    child.stderr?.on('data', look)
    void ended.then((code) => reject(new Error(`the server ended with exit code ${code}:\n${output()}`)))
  })
  return {
    baseUrl,
    pid: child.pid ?? 0,
    startSeconds: (performance.now() - started) / 1000,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

function start(args: readonly string[], environment: NodeJS.ProcessEnv): ChildProcess {
  if (!existsSync(program)) throw new Error('dist/main.js is missing: run `npm run build` first')
  return spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  })
}

function collectOutput(child: ChildProcess): () => string {
  let printed = ''
  const collect = (chunk: Buffer): void => {
    // Enough to tell what went wrong; a server may print for hours.
    if (printed.length < 100_000) printed += chunk.toString()
  }
  child.stdout?.on('data', collect)
  child.stderr?.on('data', collect)
  return () => printed
}
