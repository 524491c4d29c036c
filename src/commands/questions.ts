// Questions on the command line → answers: from an option, from the person, or what stands in brackets.
import { RegistryError } from '../core/errors.js'
import type { CommandContext } from './command.js'

export interface Question {
  /** The option that answers it. */
  readonly option: string
  /** What that option said. */
  readonly given: string | undefined
  readonly question: string
  readonly explanation?: string
  /** Taken when nothing is answered; without one there must be an answer. */
  readonly fallback?: string
  readonly pattern: RegExp
  /** What an answer must be, for who gave another. */
  readonly expected: string
}

/** Asks one question after the other on standard output and reads lines of standard input. Dispose when done. */
export class Questions implements AsyncDisposable {
  readonly #context: CommandContext
  readonly #isSilent: boolean
  #lines: AsyncIterator<string> | undefined

  /** Silent: nothing is asked, everything comes from options and fallbacks. */
  constructor(context: CommandContext, isSilent: boolean) {
    this.#context = context
    this.#isSilent = isSilent
  }

  say(text: string): void {
    if (!this.#isSilent) this.#context.write(text)
  }

  /** An answer that fits. Throws kind `usage` when there is none. */
  async ask(asked: Question): Promise<string> {
    const { given, fallback, pattern, expected, option } = asked
    if (given !== undefined) {
      if (pattern.test(given)) return given.trim()
      throw new RegistryError('usage', `${option} is "${given}"; expected ${expected}.`)
    }
    if (this.#isSilent) {
      if (fallback !== undefined) return fallback
      throw new RegistryError('usage', `With --yes, ${option} is needed: ${asked.question.toLowerCase()}, ${expected}.`)
    }
    const explanation = asked.explanation === undefined ? '' : `  ${asked.explanation}\n`
    for (;;) {
      this.say(`\n${asked.question}\n${explanation}${fallback === undefined ? '' : `  [${fallback}] `}> `)
      const answer = await this.#nextLine()
      const text = answer?.trim() || fallback
      if (text !== undefined && pattern.test(text)) return text
      if (answer === undefined) throw new RegistryError('usage', `There was no answer; give ${option}: ${expected}.`)
      this.say(`  Expected ${expected}.\n`)
    }
  }

  /** The next line that was typed; undefined at the end of the input. */
  async #nextLine(): Promise<string | undefined> {
    this.#lines ??= linesOf(this.#context.readInput())
    const { value, done } = await this.#lines.next()
    return done === true ? undefined : value
  }

  /** Lets go of standard input, so that the process can end. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lines?.return?.()
  }
}

async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const piece of pieces) {
    const lines = (rest + piece).split(/\r?\n/)
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
}
