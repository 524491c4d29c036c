// waymark diff: what publishing would change, before anything is published.
import { existsSync } from 'node:fs'
import type { Config } from '../config.js'
import { systemClock } from '../core/clock.js'
import { errorSurfaces, RegistryError } from '../core/errors.js'
import { type PlannedChange, type PlannedPublication, plannedPublication } from '../registry/difference.js'
import { capabilityOrigins } from '../voresource/build.js'
import { hasErrors } from '../voresource/finding.js'
import type { LoadedDescriptor } from '../voresource/load.js'
import { type RecordDifference, recordDifferences } from '../voresource/record-difference.js'
import { buildContext, buildResources, type CheckedResources, checkResources, openRegistry } from '../wire.js'
import { readXml } from '../xml/reader.js'
import type { Command, CommandContext } from './command.js'
import { differenceText, xmlPatch } from './diff-text.js'
import { fromWorkingDirectory } from './finding-formats.js'
import { countFindings, findingLines } from './findings.js'

/** One record that publishing would change, with what differs in it. */
export interface ShownChange extends PlannedChange {
  /** The descriptor as seen from the working directory; absent where there is none any more. */
  readonly file?: string
  readonly type?: string
  readonly differences: readonly RecordDifference[]
}

const formats = ['text', 'json']

export const diffCommand: Command = {
  name: 'diff',
  summary: 'show what publishing would change',
  help: `Compares the descriptors with what is published, record by record, in the descriptors' words. Writes nothing.

  waymark diff                  what is new, changed, or would become a tombstone
  waymark diff gaiadr3          only records whose identifier contains a word
  waymark diff --xml            the records as they are and would be served, as a patch
  waymark diff --exit-code      exit code 1 when there is something to publish, as git diff has it
  waymark diff --format json    for programs

Exit code 4 when a descriptor breaks a rule: it could not be published.`,
  argumentsSpec: '[words...]',
  options: [
    { flags: '--xml', description: 'show records as XML, in the form of a patch' },
    { flags: '--exit-code', description: 'end with 1 when something would change' },
    { flags: '--format <name>', description: formats.join(', '), defaultValue: 'text' },
  ],
  async run(config, { positional, options }, context) {
    if (!formats.includes(String(options.format)))
      throw new RegistryError(
        'usage',
        `There is no format "${String(options.format)}"; known are ${formats.join(', ')}.`,
      )
    const planned = await compare(config, context)
    if (planned === undefined) return errorSurfaces.invalid.exitCode
    const words = positional.map((word) => word.toLowerCase())
    const isAsked = ({ ivoid }: PlannedChange) =>
      words.length === 0 || words.some((word) => ivoid.toLowerCase().includes(word))
    const changes = planned.changes.filter(isAsked)
    if (options.format === 'json') {
      const shown = changes.map(({ before, after, ...one }) => (options.xml === true ? { ...one, before, after } : one))
      const { unchanged, areMovesChanged } = planned
      context.write(`${JSON.stringify({ changes: shown, unchanged, areMovesChanged }, null, 2)}\n`)
    } else context.write(options.xml === true ? changes.map(xmlPatch).join('') : differenceText(changes, planned))
    return options.exitCode === true && (changes.length > 0 || planned.areMovesChanged) ? 1 : 0
  },
}

type ShownPublication = Omit<PlannedPublication, 'changes'> & { readonly changes: readonly ShownChange[] }

/** The comparison; undefined, with the reasons told, when the descriptors could not be published. */
async function compare(config: Config, context: CommandContext): Promise<ShownPublication | undefined> {
  // Without a state nothing is published, and looking must not make one.
  if (config.engine === 'duckdb' && !existsSync(config.state)) {
    const resources = await checkResources(config)
    return shown(config, context, resources, (built) => plannedPublication(nothingPublished, built))
  }
  await using open = await openRegistry(config)
  return await shown(config, context, open.resources, (built) => plannedPublication(open.parts, built))
}

async function shown(
  config: Config,
  context: CommandContext,
  { descriptors, findings }: CheckedResources,
  plan: (built: ReturnType<typeof buildResources>) => Promise<PlannedPublication>,
): Promise<ShownPublication | undefined> {
  if (hasErrors(findings)) {
    context.writeError(findingLines(findings, config.resources, ['error']))
    context.writeError(`waymark: this could not be published: ${countFindings(findings)}\n`)
    return undefined
  }
  const publication = await plan(buildResources(descriptors, config))
  const byIvoid = new Map<string, LoadedDescriptor>(descriptors.map((one) => [one.ivoid, one]))
  const buildingContext = buildContext(descriptors, config)
  const changes = publication.changes.map((change): ShownChange => {
    const loaded = byIvoid.get(change.ivoid)
    if (loaded === undefined) return { ...change, differences: [] }
    const { descriptor, file } = loaded
    const differences =
      change.before === undefined || change.after === undefined
        ? []
        : recordDifferences(readXml(change.before), readXml(change.after), {
            descriptor,
            capabilityOrigins: capabilityOrigins(descriptor, buildingContext),
          })
    return {
      ...change,
      file: fromWorkingDirectory(`${config.resources}/${file}`),
      type: descriptor.type,
      differences,
    }
  })
  return { ...publication, changes }
}

const nothingPublished: Parameters<typeof plannedPublication>[0] = {
  ledger: {
    path: '',
    read: async () => ({ entries: new Map() }),
    write: async () => {},
    exclusively: (work) => work(),
  },
  store: {
    held: async () => new Map(),
    get: async () => undefined,
    isComplete: async () => true,
    renew: async () => {},
  },
  clock: systemClock,
}
