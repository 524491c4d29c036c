// waymark vocabularies: fetches the IVOA's vocabularies, or tells which are in force and how old they are.
import type { Config } from '../config.js'
import { systemClock } from '../core/clock.js'
import { errorSurfaces, RegistryError } from '../core/errors.js'
import type { VocabularyReport } from '../registry/vocabulary-renewal.js'
import { type VocabularyName, vocabularyNames } from '../voresource/vocabulary-files.js'
import { vocabulariesOf } from '../wire.js'
import type { Command, CommandContext } from './command.js'
import { textTable } from './text-table.js'
import { rebuildAdvice, renewVocabularies, reportLines } from './vocabulary-round.js'

export const vocabulariesCommand: Command = {
  name: 'vocabularies',
  summary: 'fetch the vocabularies of the IVOA anew',
  help: `The terms of the IVOA's vocabularies (audiences, kinds of content, roles of dates, kinds of relations, subjects)
come with the program and change now and then. Fetches them from the IVOA and says which terms are new or deprecated;
checks of descriptors and records taken in go by them from then on. An answer that is broken or lacks terms changes
nothing.

  waymark vocabularies                fetch all
  waymark vocabularies uat            fetch one
  waymark vocabularies --list         which are in force, and how old they are; asks nobody
  waymark serve --vocabulary-schedule '23 4 * * 1'      fetch all every Monday, while serving

Exit code 4 when an answer could not be used, 6 when there was none; the first failure decides.`,
  argumentsSpec: '[names...]',
  options: [
    { flags: '--list', description: 'tell which are in force, without asking anybody' },
    { flags: '--allow-removals', description: 'take a vocabulary although it lacks terms that it had' },
    { flags: '--json', description: 'one JSON object per vocabulary and line' },
  ],
  async run(config, { positional, options }, context) {
    const names = positional.length === 0 ? vocabularyNames : positional.map(vocabularyName)
    const isJson = options.json === true
    if (options.list === true) {
      listVocabularies(config, names, isJson, context)
      return 0
    }
    let failure: RegistryError | undefined
    let isRebuildNeeded = false
    const renewals = renewVocabularies(config, names, { allowRemovals: options.allowRemovals === true })
    for await (const report of renewals) {
      isRebuildNeeded ||= report.isRebuildNeeded
      if (report.outcome === 'refused') failure ??= report.error
      if (isJson) context.write(`${JSON.stringify(report.outcome === 'refused' ? withReason(report) : report)}\n`)
      else {
        const write = report.outcome === 'refused' ? context.writeError : context.write
        for (const line of reportLines(report)) write(`${line}\n`)
      }
    }
    if (isRebuildNeeded) context.writeError(`waymark: ${rebuildAdvice}\n`)
    return failure === undefined ? 0 : errorSurfaces[failure.kind].exitCode
  },
}

function withReason({ error, ...report }: Extract<VocabularyReport, { readonly outcome: 'refused' }>) {
  return { ...report, error: { kind: error.kind, message: error.message } }
}

function listVocabularies(
  config: Config,
  names: readonly VocabularyName[],
  isJson: boolean,
  context: CommandContext,
): void {
  const source = vocabulariesOf(config)
  const today = Date.parse(systemClock().toISOString().slice(0, 10))
  const listed = names.map((name) => {
    const { uri, date, terms, isFetched = false } = source(name)
    return {
      name,
      uri,
      date,
      ageDays: (today - Date.parse(date)) / 86_400_000,
      terms: Object.keys(terms).length,
      isFetched,
    }
  })
  if (isJson) {
    for (const one of listed) context.write(`${JSON.stringify(one)}\n`)
    return
  }
  const rows = listed.map(({ name, terms, date, ageDays, isFetched }) => [
    name,
    terms.toLocaleString('en'),
    isFetched ? `fetched ${date}` : `shipped, of ${date}`,
    ageDays.toLocaleString('en'),
  ])
  context.write(
    textTable(
      [
        { title: 'vocabulary' },
        { title: 'terms', align: 'right' },
        { title: 'in force' },
        { title: 'days', align: 'right' },
      ],
      rows,
    ),
  )
}

function vocabularyName(text: string): VocabularyName {
  const name = vocabularyNames.find((one) => one === text)
  if (name !== undefined) return name
  throw new RegistryError('usage', `There is no vocabulary "${text}"; expected ${vocabularyNames.join(', ')}.`)
}
