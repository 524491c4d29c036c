// The settings → an examination of every address that is published here, now or by schedule.
import { join } from 'node:path'
import type { Config } from '../config.js'
import { systemClock } from '../core/clock.js'
import { RegistryError } from '../core/errors.js'
import { type ProbeOptions, type ProbeResult, type ProbeTarget, probeTargets } from '../registry/probe.js'
import { keepProbeResults, previousResults, readProbeHistory } from '../registry/probe-history.js'
import { probeTargetsOf } from '../registry/probe-targets.js'
import { isPublicAddress } from '../tap/addresses.js'
import { readLocalMoves } from './local-moves.js'
import { startSchedule } from './schedule.js'
import { version } from './version.js'

export interface CheckOptions {
  /** Parts of identifiers or addresses; without any, everything is examined. */
  readonly words: readonly string[]
  readonly allowPrivate: boolean
  readonly timeoutSeconds: number
  readonly signal?: AbortSignal
}

/** Examines the services and keeps the results; they come as they are ready. Throws kind `not-found` for unknown words. */
export async function* checkServices(config: Config, options: CheckOptions): AsyncGenerator<ProbeResult> {
  const { records, addresses } = await readLocalMoves(config)
  const words = options.words.map((word) => word.toLowerCase())
  const chosen = probeTargetsOf(records, addresses).filter(
    ({ ivoid, accessUrl }) =>
      words.length === 0 || words.some((word) => `${ivoid ?? ''} ${accessUrl}`.toLowerCase().includes(word)),
  )
  if (chosen.length === 0)
    throw new RegistryError('not-found', `No address contains ${words.join(' or ') || 'anything'}; nothing to check.`)
  // The registry may ask itself, wherever it runs.
  const isOwn = ({ accessUrl }: ProbeTarget): boolean => accessUrl.startsWith(`${config.baseUrl}/`)
  const historyPath = join(config.state, 'probe-history.json')
  const previous = previousResults(await readProbeHistory(historyPath))
  const results: ProbeResult[] = []
  for (const own of [true, false]) {
    const targets = chosen.filter((target) => isOwn(target) === own)
    const mayReach = own || options.allowPrivate ? () => true : isPublicAddress
    for await (const result of probeTargets(targets, { ...probeOptions(options, mayReach), previous })) {
      results.push(result)
      yield result
    }
  }
  await keepProbeResults(historyPath, results, words.length === 0)
}

function probeOptions(
  { timeoutSeconds, signal }: CheckOptions,
  mayReach: ProbeOptions['limits']['mayReach'],
): ProbeOptions {
  return {
    limits: {
      mayReach,
      timeoutSeconds,
      maxBytes: 4_000_000,
      userAgent: `Waymark/${version} (service check)`,
      ...(signal === undefined ? {} : { signal }),
    },
    clock: systemClock,
    hosts: 8,
    certificateDays: 14,
  }
}

/**
 * Examines by schedule, in UTC, as cron writes it; one examination at a time. Gives what stops it.
 * Throws kind `usage` when the schedule is none.
 */
export function startCheckSchedule(config: Config, onFailure: (thrown: unknown) => void): Disposable {
  const run = async (signal: AbortSignal): Promise<void> => {
    const options = { words: [], allowPrivate: false, timeoutSeconds: 20, signal }
    for await (const _result of checkServices(config, options)) signal.throwIfAborted()
  }
  return startSchedule({ name: 'checks', times: config.checkSchedule, example: '17 */3 * * *', run, onFailure })
}
