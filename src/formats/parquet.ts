// Result table → Parquet, one row group at a time, with the VOTable metadata of the VOParquet convention inside.
import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer'
import type { Row, Value } from '../core/sql.js'
import type { ColumnDescription } from '../tables/metadata.js'
import type { ResultTable } from '../tables/result.js'
import { cellShape, isText } from './arraysize.js'
import { isTrue, textOf } from './binary-cells.js'
import { cellText, commonSpelling } from './cell-text.js'
import type { Format } from './format.js'
import { votableMetadata } from './votable-document.js'

/** Rows of one row group: what is held in memory at a time, and packed in one go while others wait. */
const groupRows = 5_000

export const parquet: Format = {
  mediaType: 'application/vnd.apache.parquet',
  aliases: ['parquet', 'application/parquet', 'application/x-parquet'],
  extension: 'parquet',
  write: writeParquet,
}

async function* writeParquet(result: ResultTable): AsyncGenerator<Uint8Array> {
  const names = uniqueNames(result.columns)
  const elements = result.columns.map((column, index) => schemaElement(column, names[index] ?? column.name))
  const converters = result.columns.map(converter)
  const sink = new ByteWriter()
  const writer = new ParquetWriter({
    writer: sink,
    schema: [{ name: 'root', num_children: elements.length }, ...elements],
    createdBy: 'waymark',
    kvMetadata: [
      { key: 'IVOA.VOTable-Parquet.version', value: '1.0' },
      { key: 'IVOA.VOTable-Parquet.content', value: votableMetadata(result) },
    ],
  })
  const takeBytes = (): Uint8Array => {
    const bytes = sink.getBytes().slice()
    sink.index = 0
    return bytes
  }
  const writeGroup = (rows: readonly Row[]): void => {
    void writer.write({
      columnData: elements.map((element, index) => ({
        name: element.name,
        data: rows.map((row) => converters[index]?.(row[index] ?? null) ?? null),
      })),
      rowGroupSize: groupRows,
    })
  }
  let waiting: Row[] = []
  for await (const batch of result.rows) {
    for (const row of batch) waiting.push(row)
    if (waiting.length >= groupRows) {
      writeGroup(waiting)
      waiting = []
      yield takeBytes()
    }
  }
  if (waiting.length > 0) writeGroup(waiting)
  void writer.finish()
  yield takeBytes()
}

// Parquet readers find columns by name: a second `ivoid` becomes `ivoid_2`.
function uniqueNames(columns: readonly ColumnDescription[]): readonly string[] {
  const taken = new Set<string>()
  return columns.map((column) => {
    let name = column.name
    for (let number = 2; taken.has(name); number++) name = `${column.name}_${number}`
    taken.add(name)
    return name
  })
}

function schemaElement(column: ColumnDescription, name: string): SchemaElement {
  const optional = { name, repetition_type: 'OPTIONAL' } as const
  if (isText(column) || cellShape(column.arraysize).kind !== 'scalar')
    return { ...optional, type: 'BYTE_ARRAY', converted_type: 'UTF8' }
  switch (column.datatype) {
    case 'boolean':
    case 'bit':
      return { ...optional, type: 'BOOLEAN' }
    case 'unsignedByte':
      return { ...optional, type: 'INT32', converted_type: 'UINT_8' }
    case 'short':
      return { ...optional, type: 'INT32', converted_type: 'INT_16' }
    case 'int':
      return { ...optional, type: 'INT32' }
    case 'long':
      return { ...optional, type: 'INT64' }
    case 'float':
      return { ...optional, type: 'FLOAT' }
    case 'double':
      return { ...optional, type: 'DOUBLE' }
    default:
      return { ...optional, type: 'BYTE_ARRAY', converted_type: 'UTF8' }
  }
}

// Arrays are written as their DALI text, which every Parquet reader can show.
function converter(column: ColumnDescription): (value: Value) => boolean | number | bigint | string | null {
  const text = cellText(column, commonSpelling)
  if (isText(column)) return (value) => (value === null ? null : textOf(value))
  if (cellShape(column.arraysize).kind !== 'scalar') return (value) => (value === null ? null : text(value))
  switch (column.datatype) {
    case 'boolean':
    case 'bit':
      return (value) => (value === null ? null : isTrue(value))
    case 'long':
      return (value) => (value === null ? null : typeof value === 'bigint' ? value : BigInt(Math.trunc(Number(value))))
    case 'floatComplex':
    case 'doubleComplex':
      return (value) => (value === null ? null : text(value))
    default:
      return (value) => (value === null ? null : Number(value))
  }
}
