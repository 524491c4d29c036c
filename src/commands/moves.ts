// waymark moves: what a move file would change in the descriptors, and the change itself.
import { errorSurfaces, RegistryError } from '../core/errors.js'
import { applyMove, type MovePlan, planMove, planText, readMoveFile } from '../registry/moves-plan.js'
import type { Command } from './command.js'

export const movesCommand: Command = {
  name: 'moves',
  summary: 'carry out a move of services in the descriptors',
  help: `A move file says which addresses go where (docs/moves.md). Identifiers never change.

  waymark moves plan 2026-move.yaml     show what would change, line by line
  waymark moves apply 2026-move.yaml    change it, comments and layout kept; publish afterwards

Exit code 3 when there is nothing to change.`,
  argumentsSpec: '<verb> <file>',
  options: [{ flags: '--format <name>', description: 'text or json', defaultValue: 'text' }],
  async run(config, { positional, options }, context) {
    const [verb, file] = positional
    if ((verb !== 'plan' && verb !== 'apply') || file === undefined)
      throw new RegistryError(
        'usage',
        `"${verb ?? ''}" is not known; expected waymark moves plan FILE or waymark moves apply FILE.`,
      )
    const plan = await planMove(config.resources, await readMoveFile(file))
    if (verb === 'apply') await applyMove(config.resources, plan, file)
    context.write(options.format === 'json' ? planJson(plan) : planText(plan))
    if (verb === 'apply' && plan.files.length > 0) context.writeError('Applied; "waymark publish" makes it known.\n')
    return plan.files.length === 0 ? errorSurfaces['not-found'].exitCode : 0
  },
}

function planJson({ move, files, unmatched }: MovePlan): string {
  const shown = files.map(({ file, ivoids, edits }) => ({ file, ivoids, edits }))
  return `${JSON.stringify({ move: move.move, files: shown, unmatched }, null, 2)}\n`
}
