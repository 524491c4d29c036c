// Times in the settings → the registry examined as the Registry of Registries will, again and again (Registry
// Interfaces 1.1 §4.1), and who is told when something fails that was well.

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import type { Config } from '../config.js'
import { counted } from '../core/counted.js'
import { errorSurfaces } from '../core/errors.js'
import type { Ivoid } from '../core/ivoid.js'
import { countOutcome, type DoctorResult, doctorResultFile, readDoctorResult } from '../registry/doctor-result.js'
import { notify } from '../registry/harvest-notify.js'
import { startSchedule } from './schedule.js'
import { version } from './version.js'

export interface ExaminationParts {
  readonly config: Config
  readonly log: Logger
  /** IVOID of the registry. */
  readonly own: Ivoid
  /** The built main.js, for tests that run the sources. */
  readonly program?: string
}

const longestMinutes = 60

/** Examines by schedule, while serving. Throws kind `usage` when the schedule is none. */
export function startDoctorSchedule(parts: ExaminationParts): Disposable {
  return startSchedule({
    name: 'examinations of the registry',
    times: parts.config.doctorSchedule,
    example: '11 5 * * 0',
    run: (signal) => examineInTurn(parts, signal),
    onFailure: (thrown) => parts.log.error({ err: thrown }, 'the registry could not be examined'),
  })
}

async function examineInTurn(parts: ExaminationParts, signal: AbortSignal): Promise<void> {
  const { config, log, own } = parts
  const path = join(config.state, doctorResultFile)
  const before = await readDoctorResult(path)
  await runDoctor(parts, signal)
  const result = await readDoctorResult(path)
  if (result === undefined || result.time === before?.time) throw new Error('the examination left no result')
  const failed = result.findings.filter(({ outcome }) => outcome === 'failed')
  for (const { check, message } of failed) log.error({ check }, `the registry does not pass: ${message}`)
  if (failed.length === 0 || (before !== undefined && countOutcome(before, 'failed') > 0)) return
  const how = { url: config.notifyUrl, command: config.notifyCommand, fetch, userAgent: `Waymark/${version} doctor` }
  for (const problem of await notify(failureOf(result, own), how)) log.warn(problem)
}

/** A process of its own: compiling schemas and checking records by them would keep requests waiting. */
function runDoctor({ config, program }: ExaminationParts, signal: AbortSignal): Promise<void> {
  const file = program ?? fileURLToPath(new URL('../main.js', import.meta.url))
  const settings = {
    '--base-url': config.baseUrl,
    '--state': config.state,
    '--schemas': config.schemas,
    '--registry-of-registries': config.registryOfRegistries,
    '--log': config.logLevel,
  }
  const args = [file, 'doctor', ...Object.entries(settings).flat()]
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: 'ignore', signal, timeout: longestMinutes * 60_000 })
    child.once('error', reject)
    child.once('close', (code, killed) => {
      if (code === 0 || code === errorSurfaces.invalid.exitCode) resolve()
      else
        reject(
          new Error(killed === null ? `waymark doctor ended with exit code ${code}` : `it was stopped by ${killed}`),
        )
    })
  })
}

function failureOf(result: DoctorResult, own: Ivoid) {
  return {
    subject: `${own} no longer passes ${counted(countOutcome(result, 'failed'), 'check')} of the Registry of Registries`,
    from: own,
    examination: result,
  }
}
