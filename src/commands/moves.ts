// waymark moves: what a move file would change in the descriptors, and the change itself.
import type { Config } from '../config.js'
import { errorSurfaces, RegistryError } from '../core/errors.js'
import { indexMoves } from '../registry/moves-lookup.js'
import { applyMove, type MovePlan, planMove, planText, readMoveFile } from '../registry/moves-plan.js'
import { redirectRules } from '../registry/redirect-rules.js'
import { ruleWriters } from '../registry/redirect-rules-write.js'
import type { Command } from './command.js'
import { readLocalMoves } from './local-moves.js'

export const movesCommand: Command = {
  name: 'moves',
  summary: 'carry out a move of services in the descriptors',
  help: `A move file says which addresses go where (docs/moves.md). Identifiers never change.

  waymark moves plan 2026-move.yaml     show what would change, line by line
  waymark moves apply 2026-move.yaml    change it, comments and layout kept; publish afterwards

All moves together as redirects for the web server that still answers at the former hosts:

  waymark moves rules nginx > former-hosts.conf      also apache, haproxy
  waymark moves rules nginx --former-host vao.stsci.edu

Exit code 3 when there is nothing to change.`,
  argumentsSpec: '<verb> <file>',
  options: [
    { flags: '--format <name>', description: 'text or json', defaultValue: 'text' },
    { flags: '--former-host <name>', description: 'rules for this host only' },
  ],
  async run(config, { positional, options }, context) {
    const [verb, file] = positional
    if (verb === 'rules') {
      context.write(await rulesText(config, file, options.formerHost))
      return 0
    }
    if ((verb !== 'plan' && verb !== 'apply') || file === undefined)
      throw new RegistryError(
        'usage',
        `"${verb ?? ''}" is not known; expected waymark moves plan FILE, moves apply FILE or moves rules SERVER.`,
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

async function rulesText(config: Config, server: string | undefined, host: unknown): Promise<string> {
  const write = Object.entries(ruleWriters).find(([name]) => name === server)?.[1]
  if (write === undefined)
    throw new RegistryError(
      'usage',
      `Rules for "${server ?? ''}" cannot be written; expected ${Object.keys(ruleWriters).join(', ')}.`,
    )
  const moves = await readLocalMoves(config)
  const all = redirectRules(moves, indexMoves(moves))
  const rules = typeof host === 'string' ? all.filter((rule) => rule.host === host.toLowerCase()) : all
  if (rules.length === 0)
    throw new RegistryError(
      'not-found',
      `No former address${typeof host === 'string' ? ` on ${host}` : ''} is known; there is nothing to redirect.`,
    )
  return write(rules, { movedUrl: `${config.baseUrl}/moved` })
}
