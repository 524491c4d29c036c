// Result table → columns aligned for reading in a terminal. Widths come from the first rows, so that it can stream.
import { counted } from '../core/counted.js'
import type { Row } from '../core/sql.js'
import type { ColumnDescription } from '../tables/metadata.js'
import type { ResultTable } from '../tables/result.js'
import { isText } from './arraysize.js'
import { cellText, commonSpelling } from './cell-text.js'
import type { Format } from './format.js'
import { chunkCharacters } from './text-stream.js'

/** Rows looked at before the first is written. */
const sampleRows = 1_000
/** Characters: no column is padded further, longer cells stand out. */
const widestColumn = 60

export const text: Format = {
  mediaType: 'text/plain',
  aliases: ['text', 'txt', 'ascii'],
  extension: 'txt',
  write: writeText,
  error: (message) => `ERROR: ${message}\n`,
}

async function* writeText(result: ResultTable): AsyncGenerator<string> {
  const cells = result.columns.map(textCell)
  const sample: string[][] = []
  let widths: readonly number[] | undefined
  let output = ''
  let rowCount = 0
  const line = (texts: readonly string[]): string =>
    `${texts
      .map((one, index) => pad(one, widths?.[index] ?? 0, result.columns[index]))
      .join('  ')
      .trimEnd()}\n`
  const begin = (): void => {
    const names = result.columns.map((column) => column.name)
    widths = names.map((name, index) =>
      Math.min(
        widestColumn,
        sample.reduce((width, row) => Math.max(width, row[index]?.length ?? 0), name.length),
      ),
    )
    output += line(names) + line(widths.map((width) => '-'.repeat(width)))
    for (const row of sample) output += line(row)
    sample.length = 0
  }
  for await (const batch of result.rows) {
    for (const row of batch) {
      rowCount++
      const texts = rowTexts(row, cells)
      if (widths === undefined) {
        sample.push(texts)
        if (sample.length === sampleRows) begin()
      } else output += line(texts)
      if (output.length >= chunkCharacters) {
        yield output
        output = ''
      }
    }
  }
  if (widths === undefined) begin()
  yield `${output}\n(${counted(rowCount, 'row')}${result.outcome() === 'OVERFLOW' ? '; there are more: raise MAXREC' : ''})\n`
}

function rowTexts(row: Row, cells: readonly ((value: Row[number]) => string)[]): string[] {
  return cells.map((cell, index) => cell(row[index] ?? null))
}

function textCell(column: ColumnDescription): (value: Row[number]) => string {
  const toText = cellText(column, commonSpelling)
  return (value) => toText(value).replace(/[\r\n\t]+/g, ' ')
}

function pad(value: string, width: number, column: ColumnDescription | undefined): string {
  return column !== undefined && !isText(column) ? value.padStart(width) : value.padEnd(width)
}
