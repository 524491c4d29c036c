// CSV and its relatives (tabs, semicolons, bars; ECSV) as they come → names and cells, and the types the cells have.

import { parse as parseYaml } from 'yaml'
import { counted } from '../core/counted.js'
import { RegistryError } from '../core/errors.js'
import type { ColumnDescription, Datatype } from '../tables/metadata.js'

/** A text table; the types of its columns are known when its rows have been read. */
export interface CsvTable {
  /** As far as the head of the file tells. */
  readonly columns: readonly ColumnDescription[]
  /** Some thousand rows at a time; empty cells are null. */
  readonly rows: AsyncIterable<readonly (readonly (string | null)[])[]>
  /** The columns with the types of all cells read so far. */
  typedColumns(): readonly ColumnDescription[]
}

/** One cell at most (characters); a quotation mark that is never closed ends here. */
const longestRecord = 10_000_000

/** Reads the head of a table: comments, then the names of the columns. Throws kind `invalid` when there is none. */
export async function readCsv(label: string, pieces: AsyncIterable<string>): Promise<CsvTable> {
  const lines = records(label, pieces)
  const comments: string[] = []
  let first: string | undefined
  for (;;) {
    const next = await lines.next()
    if (next.done === true) break
    if (next.value.startsWith('#')) comments.push(next.value)
    else if (next.value.trim() !== '') {
      first = next.value
      break
    }
  }
  if (first === undefined) throw new RegistryError('invalid', `${label} has no line with the names of its columns.`)
  const described = ecsvColumns(comments)
  const delimiter = described.delimiter ?? mostFrequent(first)
  const names = cells(first, delimiter).map((name, index) => name ?? `column_${index + 1}`)
  if (described.delimiter === undefined && names.every((name) => /^[-+]?[\d.]+(e[-+]?\d+)?$/i.test(name)))
    throw new RegistryError(
      'invalid',
      `${label} has numbers in its first line; expected the names of the columns there.`,
    )
  const types = names.map(() => new TypeGuess())
  const columns = names.map((name): ColumnDescription => {
    const known = described.columns.get(name)
    return known === undefined ? { name, datatype: 'char', arraysize: '*' } : { ...known, name }
  })
  let count = 0
  async function* rows(): AsyncGenerator<readonly (readonly (string | null)[])[]> {
    let batch: (readonly (string | null)[])[] = []
    for await (const line of lines) {
      if (line.trim() === '' && names.length > 1) continue
      const row = cells(line, delimiter)
      count += 1
      if (row.length !== names.length)
        throw new RegistryError(
          'invalid',
          `${label} has ${counted(names.length, 'column')}, but row ${count} has ${counted(row.length, 'cell')}: ${line.slice(0, 100)}`,
        )
      for (const [index, cell] of row.entries()) types[index]?.see(cell)
      batch.push(row)
      if (batch.length === 4_096) {
        yield batch
        batch = []
      }
    }
    yield batch
  }
  return {
    columns,
    rows: rows(),
    typedColumns: () =>
      columns.map((column, index) => {
        const guess = types[index]
        return guess === undefined || described.columns.has(column.name)
          ? column
          : { name: column.name, ...guess.type() }
      }),
  }
}

/** What all cells of a column have in common. */
class TypeGuess {
  #isInteger = true
  #isLong = false
  #isNumber = true
  #isTruth = true
  #isTime = true
  #seen = false

  see(cell: string | null): void {
    if (cell === null || /^(nan|null|n\/a|--)$/i.test(cell)) return
    this.#seen = true
    if (this.#isNumber && !/^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$/.test(cell)) this.#isNumber = false
    if (this.#isInteger && !/^\s*[-+]?\d{1,19}\s*$/.test(cell)) this.#isInteger = false
    if (this.#isInteger && Math.abs(Number(cell)) > 2_147_483_647) this.#isLong = true
    if (this.#isTruth && !/^(true|false)$/i.test(cell)) this.#isTruth = false
    if (this.#isTime && !/^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d*)?)?Z?)?$/.test(cell)) this.#isTime = false
  }

  type(): Pick<ColumnDescription, 'datatype' | 'arraysize' | 'xtype'> {
    const text = { datatype: 'char', arraysize: '*' } as const
    if (!this.#seen) return text
    if (this.#isTruth) return { datatype: 'boolean' }
    if (this.#isInteger && this.#isNumber) return { datatype: this.#isLong ? 'long' : 'int' }
    if (this.#isNumber) return { datatype: 'double' }
    return this.#isTime ? { ...text, xtype: 'timestamp' } : text
  }
}

/** Lines, where a line end inside quotation marks belongs to the line. */
async function* records(label: string, pieces: AsyncIterable<string>): AsyncGenerator<string, undefined> {
  let rest = ''
  for await (const piece of pieces) {
    rest += piece
    let start = 0
    for (;;) {
      const end = endOfRecord(rest, start)
      if (end < 0) break
      yield rest.slice(start, end).replace(/\r$/, '')
      start = end + 1
    }
    rest = rest.slice(start)
    if (rest.length > longestRecord)
      throw new RegistryError(
        'invalid',
        `${label} has a row of more than ${longestRecord} characters; a quotation mark may not be closed.`,
      )
  }
  if (rest.trim() !== '') yield rest.replace(/\r$/, '')
  return undefined
}

function endOfRecord(text: string, start: number): number {
  const end = text.indexOf('\n', start)
  // A comment may have a single quotation mark.
  if (end < 0 || text[start] === '#') return end
  const quote = text.indexOf('"', start)
  if (quote < 0 || quote > end) return end
  let isQuoted = false
  for (let at = quote; at < text.length; at++) {
    if (text[at] === '"') isQuoted = !isQuoted
    else if (text[at] === '\n' && !isQuoted) return at
  }
  return -1
}

/** The cells of a line (RFC 4180 §2); empty ones are null. */
function cells(line: string, delimiter: string): (string | null)[] {
  const found: (string | null)[] = []
  if (!line.includes('"')) {
    const parts = delimiter === ' ' ? line.trim().split(/\s+/) : line.split(delimiter)
    return parts.map((cell) => (cell.trim() === '' ? null : cell.trim()))
  }
  let at = 0
  for (;;) {
    const quoted = /^\s*"((?:[^"]|"")*)"[^\S\n]*/.exec(line.slice(at))
    const end = line.indexOf(delimiter, at + (quoted?.[0].length ?? 0))
    const text =
      quoted === null ? line.slice(at, end < 0 ? undefined : end).trim() : (quoted[1] ?? '').replaceAll('""', '"')
    found.push(text === '' ? null : text)
    if (end < 0) return found
    at = end + delimiter.length
  }
}

/** The separator that the line with the names has most of. */
function mostFrequent(line: string): string {
  const bare = line.replace(/"[^"]*"/g, '')
  const counts = [',', '\t', ';', '|'].map((one) => [one, bare.split(one).length] as const)
  return counts.reduce((best, one) => (one[1] > best[1] ? one : best))[0]
}

const ecsvTypes: Readonly<Record<string, Datatype>> = {
  bool: 'boolean',
  int8: 'short',
  int16: 'short',
  int32: 'int',
  int64: 'long',
  uint8: 'unsignedByte',
  uint16: 'int',
  uint32: 'long',
  uint64: 'long',
  float16: 'float',
  float32: 'float',
  float64: 'double',
}

/** The header of an ECSV file (astropy's APE 6): YAML in comments. */
function ecsvColumns(comments: readonly string[]): {
  readonly columns: ReadonlyMap<string, Omit<ColumnDescription, 'name'>>
  readonly delimiter: string | undefined
} {
  const columns = new Map<string, Omit<ColumnDescription, 'name'>>()
  if (!/^#\s*%ECSV/.test(comments[0] ?? '')) return { columns, delimiter: undefined }
  const yaml = comments
    .slice(1)
    .map((line) => line.replace(/^# ?/, ''))
    .join('\n')
  const head: unknown = parseYaml(yaml, { logLevel: 'silent' })
  const field = (value: unknown, key: string): unknown =>
    typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined
  const listed = field(head, 'datatype')
  for (const one of Array.isArray(listed) ? listed : []) {
    const [name, unit, datatype, description] = ['name', 'unit', 'datatype', 'description'].map((key) =>
      field(one, key),
    )
    const ucd = field(field(one, 'meta'), 'ucd')
    columns.set(String(name), {
      ...(ecsvTypes[String(datatype)] === undefined
        ? { datatype: 'char', arraysize: '*' }
        : { datatype: ecsvTypes[String(datatype)] ?? 'char' }),
      ...(typeof unit === 'string' ? { unit } : {}),
      ...(typeof description === 'string' ? { description } : {}),
      ...(typeof ucd === 'string' ? { ucd } : {}),
    })
  }
  const delimiter = field(head, 'delimiter')
  return { columns, delimiter: typeof delimiter === 'string' ? delimiter : ' ' }
}
