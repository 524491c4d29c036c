// The verbs of the command line, and how arguments reach them.
import { CommanderError, Command as Parser } from 'commander'
import { unitOfDefault } from '../config/default-unit.js'
import { type Config, type GivenSettings, readConfig, settings } from '../config.js'
import { asRegistryError, errorSurfaces } from '../core/errors.js'
import { checkCommand } from './check.js'
import type { Command, CommandContext } from './command.js'
import { compareCommand } from './compare.js'
import { diffCommand } from './diff.js'
import { doctorCommand } from './doctor.js'
import { dumpCommand } from './dump.js'
import { generationsCommand } from './generations.js'
import { harvestCommand } from './harvest.js'
import { importCommand } from './import.js'
import { ingestCommand } from './ingest.js'
import { initCommand } from './init.js'
import { movesCommand } from './moves.js'
import { publishCommand } from './publish.js'
import { purgeCommand } from './purge.js'
import { quarantineCommand } from './quarantine.js'
import { rebuildCommand } from './rebuild.js'
import { rewriteCommand } from './rewrite.js'
import { rollbackCommand } from './rollback.js'
import { serveCommand } from './serve.js'
import { snapshotCommand } from './snapshot.js'
import { validateCommand } from './validate.js'
import { version } from './version.js'
import { vocabulariesCommand } from './vocabularies.js'

/** All verbs, in the order `--help` shows them. */
export const commands: readonly Command[] = [
  initCommand,
  serveCommand,
  publishCommand,
  validateCommand,
  diffCommand,
  importCommand,
  movesCommand,
  rewriteCommand,
  checkCommand,
  doctorCommand,
  ingestCommand,
  harvestCommand,
  quarantineCommand,
  generationsCommand,
  rollbackCommand,
  snapshotCommand,
  dumpCommand,
  compareCommand,
  rebuildCommand,
  purgeCommand,
  vocabulariesCommand,
]

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
  for (const command of commands) addCommand(parser, command, context, (code) => (exitCode = code))
  try {
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
