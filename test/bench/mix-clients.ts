// Several registry clients at once, each a process of its own as it is in life: in one process they would wait for one
// another, megabytes of one answer for the few bytes of another.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type MixFigures, mixFigures, type TaskTimes } from './measure.js'

/** What one client is told. */
export interface MixAssignment {
  readonly baseUrl: string
  /** Resources that are looked up. */
  readonly ivoids: readonly string[]
  /** Which of the clients it is, from 0 on. */
  readonly number: number
  readonly clients: number
  readonly seconds: number
}

/** What a client says: that it can begin, then what it saw. */
export type MixReport = 'ready' | { readonly times: TaskTimes }

const program = fileURLToPath(new URL('./mix-client.ts', import.meta.url))

/** All begin together. Throws when one ends before it has reported. */
export async function mixOfClients(
  assignment: Omit<MixAssignment, 'number' | 'clients'>,
  clients: number,
): Promise<MixFigures> {
  const processes = Array.from({ length: clients }, () => fork(program))
  try {
    await Promise.all(processes.map((process) => nextReport(process)))
    const started = performance.now()
    const reports = await Promise.all(
      processes.map((process, number) => {
        process.send({ ...assignment, number, clients } satisfies MixAssignment)
        return nextReport(process)
      }),
    )
    const elapsedSeconds = (performance.now() - started) / 1000
    return mixFigures(
      reports.map((report) => (report === 'ready' ? {} : report.times)),
      elapsedSeconds,
    )
  } finally {
    for (const process of processes) process.kill()
  }
}

async function nextReport(process: ChildProcess): Promise<MixReport> {
  const gone = once(process, 'exit').then(([code]) => {
    throw new Error(`a client ended with exit code ${String(code)}`)
  })
  gone.catch(() => undefined)
  const [report] = await Promise.race([once(process, 'message'), gone])
  return report as MixReport
}
