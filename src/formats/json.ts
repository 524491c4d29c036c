// Result table → one JSON object: `metadata` (the columns), `data` (one array per row), `status`.
import type { Row, Value } from '../core/sql.js'
import { cellText, commonSpelling } from './cell-text.js'
import type { Format } from './format.js'
import { streamText } from './text-stream.js'

export const json: Format = {
  mediaType: 'application/json',
  aliases: ['json'],
  extension: 'json',
  write: (result) => {
    let first = true
    const cells = result.columns.map((column) => {
      const numberText = cellText(column, commonSpelling)
      return (value: Value) => jsonCell(value, numberText)
    })
    return streamText(
      {
        head: () => `{"metadata":${JSON.stringify(result.columns)},\n"data":[`,
        row: (row) => {
          const text = `${first ? '\n' : ',\n'}${jsonRow(row, cells)}`
          first = false
          return text
        },
        tail: () => `\n],\n"status":"${result.outcome()}"}\n`,
        failure: (message) => `\n],\n"status":"ERROR","error":${JSON.stringify(message)}}\n`,
      },
      result.rows,
    )
  },
  error: (message) => `${JSON.stringify({ status: 'ERROR', error: message })}\n`,
}

function jsonRow(row: Row, cells: readonly ((value: Value) => string)[]): string {
  let text = '['
  let index = 0
  for (const cell of cells) {
    if (index > 0) text += ','
    text += cell(row[index] ?? null)
    index++
  }
  return `${text}]`
}

// JSON has no NaN and no infinity: those become strings. Integers beyond 2^53 are written with all their digits.
function jsonCell(value: Value, numberText: (value: Value) => string): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? numberText(value) : JSON.stringify(numberText(value))
  return `[${Array.from(value, (item) => jsonCell(item, numberText)).join(',')}]`
}
