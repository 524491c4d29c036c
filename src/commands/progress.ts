// Progress of long work, drawn on one line when a person watches, silent otherwise.
import { counted } from '../core/counted.js'
import type { CommandContext } from './command.js'

export interface ProgressLine {
  update(done: number): void
  end(): void
}

/** `12,500 records, 2,100/s`, redrawn at most four times a second. */
export function progressLine(context: CommandContext, one: string, several?: string): ProgressLine {
  const started = performance.now()
  let drawn = 0
  const clear = '\r\u001B[K'
  return {
    update: (done) => {
      const now = performance.now()
      if (!context.isTerminal || now - drawn < 250) return
      drawn = now
      const rate = Math.round(done / Math.max(0.001, (now - started) / 1000))
      context.writeError(`${clear}${counted(done, one, several)}, ${rate.toLocaleString('en')}/s`)
    },
    end: () => {
      if (drawn > 0) context.writeError(clear)
    },
  }
}
