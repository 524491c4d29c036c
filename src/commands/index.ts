// The verbs of the command line, and how arguments reach them.
import { CommanderError, Command as Parser } from 'commander'
import { unitOfDefault } from '../config/default-unit.js'
import { type Config, type GivenSettings, readConfig, settings } from '../config.js'
import { asRegistryError, errorSurfaces } from '../core/errors.js'
import type { Command, CommandContext } from './command.js'
import { version } from './version.js'

/**
 * All verbs, in the order `--help` shows them. Each is loaded when it is asked for: a web server, a database and a
 * checker of schemas take longer to load than most verbs take to run.
 */
const verbs: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import('./init.js')).initCommand,
  serve: async () => (await import('./serve.js')).serveCommand,
  publish: async () => (await import('./publish.js')).publishCommand,
  validate: async () => (await import('./validate.js')).validateCommand,
  diff: async () => (await import('./diff.js')).diffCommand,
  import: async () => (await import('./import.js')).importCommand,
  moves: async () => (await import('./moves.js')).movesCommand,
  rewrite: async () => (await import('./rewrite.js')).rewriteCommand,
  check: async () => (await import('./check.js')).checkCommand,
  doctor: async () => (await import('./doctor.js')).doctorCommand,
  ingest: async () => (await import('./ingest.js')).ingestCommand,
  harvest: async () => (await import('./harvest.js')).harvestCommand,
  quarantine: async () => (await import('./quarantine.js')).quarantineCommand,
  generations: async () => (await import('./generations.js')).generationsCommand,
  rollback: async () => (await import('./rollback.js')).rollbackCommand,
  snapshot: async () => (await import('./snapshot.js')).snapshotCommand,
  dump: async () => (await import('./dump.js')).dumpCommand,
  compare: async () => (await import('./compare.js')).compareCommand,
  rebuild: async () => (await import('./rebuild.js')).rebuildCommand,
  purge: async () => (await import('./purge.js')).purgeCommand,
  vocabularies: async () => (await import('./vocabularies.js')).vocabulariesCommand,
}

/** The verb that is asked for; all of them for help, and for a name that is none, to suggest one. */
async function commandsFor([first = '']: readonly string[]): Promise<readonly Command[]> {
  if (first === '-v' || first === '--version') return []
  const verb = Object.hasOwn(verbs, first) ? verbs[first] : undefined
  return Promise.all(verb === undefined ? Object.values(verbs).map((load) => load()) : [verb()])
}

/** Runs one command line; gives the exit code and never throws. */
export async function runCommandLine(args: readonly string[], context: CommandContext): Promise<number> {
  let exitCode = 0
  const parser = new Parser('waymark')
    .description('Publishes catalogs to the Virtual Observatory: records, OAI-PMH, RegTAP and TAP.')
    .version(version, '-v, --version')
    .helpOption('-h, --help', 'show help, also for one command: waymark help publish')
    .showHelpAfterError('(waymark --help shows what there is)')
    .configureOutput({ writeOut: context.write, writeErr: context.writeError })
    .exitOverride()
  try {
    for (const command of await commandsFor(args)) addCommand(parser, command, context, (code) => (exitCode = code))
    await parser.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : errorSurfaces.usage.exitCode
    return reportError(error, context)
  }
}

function addCommand(parser: Parser, command: Command, context: CommandContext, done: (code: number) => void): void {
  const sub = parser
    .command(command.argumentsSpec === undefined ? command.name : `${command.name} ${command.argumentsSpec}`)
    .summary(command.summary)
    .description(`${command.summary}\n\n${command.help}`)
    .optionsGroup('Options:')
  for (const option of command.options ?? []) sub.option(option.flags, option.description, option.defaultValue)
  sub.optionsGroup('Settings (also in the environment or a settings file):')
  sub.option('--config <file>', 'YAML file with settings, one "name: value" per line')
  for (const setting of settings) {
    const shown =
      setting.defaultValue === '' ? '' : `, default ${String(setting.defaultValue)}${unitOfDefault(setting)}`
    sub.option(`${setting.flag} <value>`, `${setting.description} (${setting.variable}${shown})`)
  }
  sub.action(async (...actionArguments: unknown[]) => {
    const options = sub.opts<Record<string, unknown>>()
    const config = configOf(options, context)
    // Commander passes the declared arguments first, then the options and itself; a variadic one comes as an array.
    const positional = actionArguments
      .slice(0, -2)
      .flat()
      .filter((one): one is string => typeof one === 'string')
    done(await command.run(config, { positional, options }, context))
  })
}

function configOf(options: Readonly<Record<string, unknown>>, context: CommandContext): Config {
  const flags: Record<string, string | boolean | undefined> = {}
  for (const setting of settings) {
    const given = options[camelCase(setting.flag)]
    if (typeof given === 'string' || typeof given === 'boolean') flags[setting.name] = given
  }
  const file = typeof options.config === 'string' ? options.config : undefined
  return readConfig(flags as GivenSettings, context.environment, file)
}

function camelCase(flag: string): string {
  return flag.slice(2).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function reportError(thrown: unknown, context: CommandContext): number {
  const error = asRegistryError(thrown)
  context.writeError(`waymark: ${error.message}\n`)
  // On the command line the person who runs it is the operator: the detail goes to them.
  if (error.kind === 'internal' && error.cause instanceof Error)
    context.writeError(`${error.cause.stack ?? error.cause.message}\n`)
  return errorSurfaces[error.kind].exitCode
}
