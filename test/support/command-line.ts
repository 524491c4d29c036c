// A command line as an operator runs it, in this process: what it prints, and its exit code.
import { runCommandLine } from '../../src/commands/index.js'

export interface CommandOutcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs it; nothing of the environment reaches it. `input` is its standard input. */
export async function waymark(args: readonly string[], input: readonly string[] = []): Promise<CommandOutcome> {
  let out = ''
  let err = ''
  const code = await runCommandLine(args, {
    environment: {},
    write: (text) => {
      out += text
    },
    writeError: (text) => {
      err += text
    },
    readInput: async function* () {
      yield* input
    },
    isTerminal: false,
  })
  return { code, out, err }
}
