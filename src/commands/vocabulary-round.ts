// The settings → the IVOA's vocabularies fetched anew, now or by schedule.

import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Config } from '../config.js'
import { systemClock } from '../core/clock.js'
import { counted } from '../core/counted.js'
import { RegistryError } from '../core/errors.js'
import { isSame, renewVocabulary, type VocabularyReport } from '../registry/vocabulary-renewal.js'
import { replacedVocabularies, termReplacements } from '../regtap/vocabularies.js'
import { isPublicAddress } from '../tap/addresses.js'
import { type VocabularyName, vocabularyFolder, vocabularyNames } from '../voresource/vocabulary-files.js'
import { vocabulariesOf } from '../wire.js'
import { startSchedule } from './schedule.js'
import { version } from './version.js'

export interface VocabularyRoundOptions {
  readonly allowRemovals?: boolean
  readonly signal?: AbortSignal
}

/** Fetches vocabularies one after the other; reports come as they are made. Throws kind `usage` for a wrong address. */
export async function* renewVocabularies(
  config: Config,
  names: readonly VocabularyName[] = vocabularyNames,
  options: VocabularyRoundOptions = {},
): AsyncGenerator<VocabularyReport & { readonly isRebuildNeeded: boolean }> {
  const baseUrl = config.vocabulariesUrl
  if (!URL.canParse(baseUrl) || !/^https?:$/.test(new URL(baseUrl).protocol))
    throw new RegistryError('usage', `The address of the vocabularies is "${baseUrl}"; expected http://… or https://….`)
  for (const name of names) {
    const before = replacements(config, name)
    const report = await renewVocabulary(name, {
      ...options,
      folder: join(config.state, vocabularyFolder),
      baseUrl,
      fetch,
      isPublicAddress,
      userAgent: `Waymark/${version} (vocabularies)`,
      clock: systemClock,
      timeoutSeconds: 60,
      maxBytes: 20_000_000,
    })
    yield { ...report, isRebuildNeeded: before !== replacements(config, name) }
  }
}

/** What to say of a vocabulary that was fetched: a line, then one for each kind of change. */
export function reportLines(report: VocabularyReport): readonly string[] {
  if (report.outcome === 'refused')
    return [`${report.name}: ${report.error.message.replace(/\.$/, '')}; what was in force stays in force`]
  const { name, terms, changes } = report
  const listed = (what: string, those: readonly string[]) =>
    those.length === 0
      ? []
      : [`  ${what}: ${those.slice(0, 20).join(', ')}${those.length > 20 ? ` and ${those.length - 20} more` : ''}`]
  return [
    `${name}: ${counted(terms, 'term')}, ${isSame(changes) ? 'as before' : 'changed'}`,
    ...listed('new', changes.added),
    ...listed(
      'deprecated',
      changes.deprecated.map(({ term, useInstead }) =>
        useInstead === undefined ? term : `${term} (use ${useInstead})`,
      ),
    ),
    ...listed('changed', changes.changed),
    ...listed('no longer there', changes.removed),
  ]
}

/** Rows made before keep the terms of their time (RegTAP 1.2 §4.5). */
export const rebuildAdvice =
  'Replacements of terms have changed. Records taken in from now on follow them; "waymark rebuild" applies them to all.'

/** Fetches the vocabularies by schedule, while serving. Throws kind `usage` when the schedule is none. */
export function startVocabularySchedule(config: Config, log: Logger): Disposable {
  return startSchedule({
    name: 'vocabularies',
    times: config.vocabularySchedule,
    example: '23 4 * * 1',
    run: async (signal) => {
      for await (const report of renewVocabularies(config, vocabularyNames, { signal })) {
        const text = reportLines(report).join('\n')
        if (report.outcome === 'refused') log.error({ vocabulary: report.name }, text)
        else log.info({ vocabulary: report.name }, text)
        if (report.isRebuildNeeded) log.warn({ vocabulary: report.name }, rebuildAdvice)
      }
    },
    onFailure: (thrown) => log.error({ err: thrown }, 'vocabularies could not be fetched'),
  })
}

/** The replacements that rows are made by, to be compared. */
function replacements(config: Config, name: VocabularyName): string {
  if (!replacedVocabularies.some((one) => one === name)) return ''
  return JSON.stringify([...termReplacements(vocabulariesOf(config)(name).terms)].sort())
}
