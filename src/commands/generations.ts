// waymark generations: the states of the data that are kept.
import type { Config } from '../config.js'
import { openEngine } from '../engines/index.js'
import { keptBy, type ListedGeneration, listGenerations } from '../registry/generation-list.js'
import type { Command } from './command.js'
import { megabytes, textTable } from './text-table.js'

const uses = { current: 'in use', previous: 'previous', kept: '' } as const

export const generationsCommand: Command = {
  name: 'generations',
  summary: 'list the states of the data that can be gone back to',
  help: `Every publication, harvest or ingest makes the next generation of the data. Kept are the one in use, the previous one
and the last one of earlier days, as many as --earlier-generations says.

  waymark generations
  waymark generations --json
  waymark rollback yesterday`,
  options: [{ flags: '--json', description: 'one JSON object per generation and line' }],
  async run(config, { options }, context) {
    const listed = await readGenerations(config)
    if (options.json === true) {
      for (const one of listed) context.write(`${JSON.stringify(one)}\n`)
      return 0
    }
    context.write(
      listed.length === 0 ? 'There are no generations yet; "waymark publish" makes one.\n' : listText(listed),
    )
    return 0
  },
}

async function readGenerations(config: Config): Promise<readonly ListedGeneration[]> {
  await using engine = await openEngine(config.engine, {
    state: config.state,
    databaseUrl: config.databaseUrl,
    earlierGenerations: config.earlierGenerations,
  })
  return listGenerations(keptBy(engine))
}

function listText(listed: readonly ListedGeneration[]): string {
  return textTable(
    [
      { title: 'generation', align: 'right' },
      { title: 'made (UTC)' },
      { title: 'by' },
      { title: 'records', align: 'right' },
      { title: 'deleted', align: 'right' },
      { title: 'size', align: 'right' },
      { title: '' },
    ],
    listed.map(({ generation, made, madeBy, records, bytes, use }) => [
      String(generation),
      made.toISOString().slice(0, 19).replace('T', ' '),
      madeBy ?? '-',
      records === undefined ? 'unreadable' : (records.active + records.inactive).toLocaleString('en'),
      records === undefined ? '' : records.deleted.toLocaleString('en'),
      megabytes(bytes),
      uses[use],
    ]),
  )
}
