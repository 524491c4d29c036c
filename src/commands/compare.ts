// waymark compare: where our registry and another one differ, and what is known to go wrong in registries.
import type { Config } from '../config.js'
import { systemClock } from '../core/clock.js'
import { errorSurfaces, RegistryError } from '../core/errors.js'
import { openEngine } from '../engines/index.js'
import { findAnomalies } from '../registry/anomalies.js'
import { type Comparison, compareSides } from '../registry/compare.js'
import { ourSide } from '../registry/compare-sides.js'
import { declaredSchemas } from '../tables/declared.js'
import type { Command, CommandContext } from './command.js'
import { type AnomalyWriter, anomalyWriters, comparisonWriters, outputOf } from './compare-output.js'
import { openOtherSide } from './compare-peer.js'
import { progressLine } from './progress.js'

export const compareCommand: Command = {
  name: 'compare',
  summary: 'show where another registry differs from ours, and what is wrong in ours',
  help: `Compares what we hold with any RegTAP service, publishing registry or registry of registries: what is missing here, missing there,
or differs in type, short name, title, date or access URLs. What the address is finds out by itself.

  waymark compare https://dc.g-vo.org/tap                               a RegTAP service: everything
  waymark compare https://dc.g-vo.org/tap --authority archive.stsci.edu
  waymark compare https://vo.example.org/oai                            a publishing registry: the authorities it manages
  waymark compare http://rofr.ivoa.net/cgi-bin/oai.pl                   the registry of registries: registries to be harvested
  waymark compare https://full.example.org/oai --set all                everything that a full registry hands on
  waymark compare https://dc.g-vo.org/tap --csv > differences.csv

  waymark compare --anomalies                                           ours alone: authorities claimed twice or by nobody, names missing, …
  waymark compare --anomalies --schemas ../schemas --json               records that break the XML schemas too

Exit code 0 when nothing differs and nothing is wrong, 4 when something is (warnings of --anomalies do not count), 6 when the other
registry does not answer.`,
  argumentsSpec: '[url]',
  options: [
    { flags: '--authority <name>', description: 'only resources of this authority' },
    { flags: '--as <kind>', description: 'tap or oai, when the address does not tell' },
    { flags: '--set <name>', description: 'of an OAI-PMH registry: managed, publishers or all' },
    { flags: '--anomalies', description: 'look for what is known to go wrong, in our own data' },
    { flags: '--all', description: 'print every line; else 200 differences, and 5 findings of a kind' },
    { flags: '--json', description: 'one JSON object per line' },
    { flags: '--csv', description: 'comma-separated values with a header line' },
  ],
  async run(config, { positional: [url], options }, context) {
    if (url === undefined && options.anomalies !== true)
      throw new RegistryError('usage', 'Name the address of another registry, or ask for --anomalies of our own.')
    const output = outputOf(options)
    await using engine = await openEngine(config.engine, {
      state: config.state,
      databaseUrl: config.databaseUrl,
      earlierGenerations: config.earlierGenerations,
    })
    let isWell = true
    if (url !== undefined) {
      const progress = progressLine(context, 'resource')
      const schemas = declaredSchemas()
      const other = await openOtherSide(url, { config, options, schemas, clock: systemClock })
      await using comparison = await compareSides({
        ours: ourSide(engine, other.scope),
        theirs: other.side,
        scope: other.scope,
        withDatestamps: other.withDatestamps,
        withInactive: other.kind === 'OAI-PMH',
        onProgress: (resources) => progress.update(resources),
      })
      progress.end()
      isWell = isAlike(comparison)
      await comparisonWriters[output](comparison, { url, kind: other.kind, showAll: options.all === true }, context)
    }
    if (options.anomalies === true) {
      const writer = anomalyWriters[output](context, options.all === true)
      isWell = (await tellAnomalies(engine, config, writer)) && isWell
      tellWithoutSchemas(config, context)
    }
    return isWell ? 0 : errorSurfaces.invalid.exitCode
  },
}

function isAlike({ counts }: Comparison): boolean {
  return [...counts.values()].every((one) => one.missingHere + one.missingThere + one.different === 0)
}

/** Gives true when there are no errors. */
async function tellAnomalies(
  engine: Parameters<typeof findAnomalies>[0],
  { schemas: folder }: Config,
  writer: AnomalyWriter,
): Promise<boolean> {
  // Loaded only when it is wanted: the library takes a moment that every command would wait for.
  const { openSchemaSet } = await import('../xml/schema-validation.js')
  using schemas = folder === '' ? undefined : openSchemaSet(folder)
  let isWell = true
  for await (const anomaly of findAnomalies(engine, schemas && ((xml) => schemas.validate(xml)))) {
    if (anomaly.severity === 'error') isWell = false
    writer.write(anomaly)
  }
  writer.end()
  return isWell
}

function tellWithoutSchemas({ schemas }: Config, context: CommandContext): void {
  if (schemas === '') context.writeError('XML schemas were not checked; name their folder with --schemas.\n')
}
