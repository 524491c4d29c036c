// A VOTable, FITS or CSV table → the descriptor of a catalog: columns, number of rows, coverage.

import { setImmediate } from 'node:timers/promises'
import { reservedWords } from '../adql/words.js'
import { counted } from '../core/counted.js'
import { RegistryError } from '../core/errors.js'
import type { Row, Value } from '../core/sql.js'
import { readCsv } from '../formats/csv-reader.js'
import { readFits } from '../formats/fits-reader.js'
import { VotableReader } from '../formats/votable-reader.js'
import type { ColumnDescription } from '../tables/metadata.js'
import { decodeXmlStream } from '../xml/decode.js'
import { fileName, type Imported } from './imported.js'
import type { Source } from './source.js'
import { CoverageCollector } from './table-coverage.js'

/** What is known of a table when its last row has passed. */
interface ReadTable {
  readonly name?: string | undefined
  readonly description?: string | undefined
  /** As promised by the file; counted when left out. */
  readonly nrows?: number | undefined
  readonly columns: readonly ColumnDescription[]
  readonly collector: CoverageCollector
}

/** Characters that are parsed before other work gets its turn. */
const sliceCharacters = 65_536

/** Describes a table; it is read once, from end to end, in memory that does not grow with it. */
export async function importTable(source: Source, onRows: (rows: number) => void = () => {}): Promise<Imported> {
  const table = await readTable(source, onRows)
  const name = fileName(source.label.replace(/[?#].*$/, '').replace(/(?:\.[a-z0-9]{2,7}){1,2}$/i, ''))
  // What calls itself by a file name, or with blanks, is not called so in a database.
  const [, ownSchema, ownTable = 'data'] = /^(?:([A-Za-z]\w*)\.)?([A-Za-z]\w*)$/.exec(table.name ?? '') ?? []
  const schema = identifierOf(ownSchema ?? name)
  const tableName = `${schema}.${adqlName(ownTable)}`
  const { coverage, notes } = table.collector.finish()
  const nrows = table.nrows ?? table.collector.rows
  return {
    descriptor: {
      type: 'vs:CatalogResource',
      ...(table.description === undefined ? {} : { description: plain(table.description) }),
      ...(coverage === undefined ? {} : { coverage }),
      tableset: {
        schemas: [
          {
            name: schema,
            tables: [
              {
                name: tableName,
                ...(table.description === undefined ? {} : { description: plain(table.description) }),
                nrows,
                columns: table.columns.map(columnOf),
              },
            ],
          },
        ],
      },
    },
    name,
    conversions: [],
    losses: [],
    notes: [
      `Made of the table ${source.label}: ${counted(nrows, 'row')}, ${counted(table.columns.length, 'column')}.`,
      ...notes,
      'A table does not say what it is for: title, description, subjects, publisher and contacts are yours to add, here or for',
      'all descriptors in site.yaml. Schema and table are to be named as in the TAP service that has them; say which service by',
      'servedBy. The IVOID is made of the authority in site.yaml and the name of this file.',
    ],
  }
}

async function readTable(source: Source, onRows: (rows: number) => void): Promise<ReadTable> {
  switch (source.kind) {
    case 'votable':
      return readVotable(source, onRows)
    case 'fits': {
      const { name, columns, rows } = await readFits(source.label, source.bytes)
      return { name, columns, collector: await collect(columns, rows, onRows) }
    }
    default: {
      const table = await readCsv(source.label, decoded(source.bytes))
      // Texts are numbers where they look like it; which columns do is known at the end only.
      const numeric = table.columns.map((column) => (column.datatype === 'char' ? asNumber(column) : column))
      const collector = new CoverageCollector(numeric)
      await follow(collector, table.rows, onRows)
      return { columns: table.typedColumns(), collector }
    }
  }
}

/** A column of a text table that is looked at as if it had numbers, unless its name says that it has times. */
function asNumber(column: ColumnDescription): ColumnDescription {
  if (/date|time/i.test(column.name)) return { ...column, datatype: 'char', xtype: 'timestamp' }
  return { name: column.name, datatype: 'double' }
}

async function readVotable(source: Source, onRows: (rows: number) => void): Promise<ReadTable> {
  const reader = new VotableReader(source.label)
  let collector: CoverageCollector | undefined
  const pass = async (): Promise<void> => {
    const rows = reader.takeRows()
    if (rows.length === 0) return
    collector ??= new CoverageCollector(reader.columns)
    for (const row of rows) collector.see(row)
    onRows(collector.rows)
    await setImmediate()
  }
  for await (const text of decodeXmlStream(source.bytes)) {
    for (let start = 0; start < text.length && !reader.isComplete; start += sliceCharacters) {
      reader.write(text.slice(start, start + sliceCharacters))
      await pass()
    }
    if (reader.isComplete) break
  }
  reader.end()
  await pass()
  const { columns, facts } = reader
  const seen = collector ?? new CoverageCollector(columns)
  // A document that describes a table without holding it may say how many rows there are.
  const nrows = seen.rows === 0 ? facts.nrows : undefined
  return { name: facts.name, description: facts.description, nrows, columns, collector: seen }
}

async function collect(
  columns: readonly ColumnDescription[],
  rows: AsyncIterable<readonly Row[]>,
  onRows: (rows: number) => void,
): Promise<CoverageCollector> {
  const collector = new CoverageCollector(columns)
  await follow(collector, rows, onRows)
  return collector
}

async function follow(
  collector: CoverageCollector,
  batches: AsyncIterable<readonly (readonly Value[])[]>,
  onRows: (rows: number) => void,
): Promise<void> {
  for await (const batch of batches) {
    for (const row of batch) collector.see(row)
    onRows(collector.rows)
  }
}

async function* decoded(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8')
  for await (const piece of bytes) yield decoder.decode(piece, { stream: true })
  const rest = decoder.decode()
  if (rest !== '') yield rest
}

function columnOf(column: ColumnDescription): Readonly<Record<string, unknown>> {
  const { name, description, unit, ucd, utype, datatype, arraysize, xtype } = column
  const all = {
    name: adqlName(name),
    datatype,
    arraysize,
    xtype,
    unit,
    ucd,
    utype,
    description: description === undefined ? undefined : plain(description),
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined && value !== ''))
}

/** A name as ADQL wants it: in quotation marks unless it is a plain one (ADQL 2.1 §2.1.4). */
function adqlName(name: string): string {
  const isPlain = /^[A-Za-z]\w*$/.test(name) && !reservedWords.has(name.toUpperCase())
  return isPlain ? name : `"${name.replaceAll('"', '""')}"`
}

/** A plain identifier out of a file name. */
function identifierOf(name: string): string {
  const plainName = name.replace(/\W+/g, '_').replace(/^(?=\d)/, 't')
  return reservedWords.has(plainName.toUpperCase()) ? `${plainName}_` : plainName
}

function plain(text: string): string {
  return text.trim().replace(/\s+/g, ' ')
}

/** True for a source that is a table. Throws kind `invalid` for what is nothing that can be imported. */
export function isTable({ kind, label }: Pick<Source, 'kind' | 'label'>): boolean {
  if (kind === 'votable' || kind === 'fits' || kind === 'csv') return true
  throw new RegistryError(
    'invalid',
    `${label} is nothing that can be imported; expected a VOResource record, VOSI documents, a VOTable, FITS or CSV table.`,
  )
}
