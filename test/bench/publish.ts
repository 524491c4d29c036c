// Command: how long a folder of descriptors takes to be published, and to be published again when little or nothing changed.
//   node --import ./test/bench/typescript.mjs test/bench/publish.ts [--catalogs 1000] [--columns 50]
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { writeDescriptors } from './descriptors.js'
import { type CommandFigures, runCommand } from './program.js'
import { reportRuns } from './report.js'
import { emptyStateFolder, figuresFolder } from './workspace.js'

const { values: options } = parseArgs({
  options: { catalogs: { type: 'string', default: '1000' }, columns: { type: 'string', default: '50' } },
})
const catalogs = Number(options.catalogs)
const columns = Number(options.columns)

const resources = emptyStateFolder(`descriptors-${catalogs}-${columns}`)
const state = emptyStateFolder(`publish-${catalogs}-${columns}`)
writeDescriptors(resources, { catalogs, columns })

const waymark = async (verb: string, expected: RegExp): Promise<CommandFigures> => {
  const figures = await runCommand([verb, '--resources', resources, '--state', state])
  // A figure of work that was not done would be worth nothing.
  if (!expected.test(figures.output)) throw new Error(`${verb}: expected ${expected}, got\n${figures.output}`)
  return figures
}

const runs: Record<string, CommandFigures> = {}
runs['publish, all new'] = await waymark('publish', new RegExp(`${catalogs + 5} new`))
runs['publish, unchanged'] = await waymark('publish', new RegExp(`${catalogs + 5} unchanged`))
const one = join(resources, 'catalogs/group000/catalog0.yaml')
writeFileSync(one, readFileSync(one, 'utf8').replace('bright sources', 'bright and other sources'))
runs['publish, one changed'] = await waymark('publish', /1 changed/)
runs.validate = await waymark('validate', new RegExp(`${catalogs + 5} descriptors`))

console.log(`${catalogs} catalogs with ${columns} columns each`)
reportRuns(join(figuresFolder, `publish-${catalogs}.json`), 'publish', { catalogs, columns }, runs)
