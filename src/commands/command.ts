// What a verb of the command line is. One file per verb; the list is index.ts.
import type { Config } from '../config.js'

/** Where a command runs: nothing in it reaches for the process by itself. */
export interface CommandContext {
  readonly environment: NodeJS.ProcessEnv
  readonly write: (text: string) => void
  readonly writeError: (text: string) => void
  /** Standard input, piece by piece. */
  readonly readInput: () => AsyncIterable<string>
  /** The same, byte by byte, for input that is no text. */
  readonly readInputBytes?: () => AsyncIterable<Uint8Array>
  /** A person watches: progress may be drawn. */
  readonly isTerminal: boolean
}

/** A flag of one verb only; settings are accepted by all verbs. */
export interface CommandOption {
  /** As commander reads it: `--dry-run`, `--format <name>`. */
  readonly flags: string
  readonly description: string
  readonly defaultValue?: string | boolean
}

/** Values of the verb's own flags, by camel-case name, and its positional arguments. */
export interface CommandArguments {
  readonly positional: readonly string[]
  readonly options: Readonly<Record<string, unknown>>
}

export interface Command {
  readonly name: string
  readonly summary: string
  /** Shown by --help below the summary: what it does, with an example. */
  readonly help: string
  /** As commander reads them: `[files...]`. */
  readonly argumentsSpec?: string
  readonly options?: readonly CommandOption[]
  /** Gives the exit code. Errors are thrown; the caller renders them. */
  run(config: Config, args: CommandArguments, context: CommandContext): Promise<number>
}
