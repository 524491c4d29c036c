// One result with a column of every type and rows with their edge values, for all formats.
import type { Row } from '../../src/core/sql.js'
import type { ColumnDescription } from '../../src/tables/metadata.js'
import type { Outcome, ResultTable } from '../../src/tables/result.js'

export const sampleColumns: readonly ColumnDescription[] = [
  {
    name: 'ivoid',
    datatype: 'char',
    arraysize: '*',
    ucd: 'meta.ref.ivoid',
    utype: 'xpath:identifier',
    description: 'Unambiguous <name> & more',
  },
  { name: 'title', datatype: 'unicodeChar', arraysize: '*' },
  { name: 'code', datatype: 'char', arraysize: '4' },
  { name: 'created', datatype: 'char', arraysize: '*', xtype: 'timestamp' },
  { name: 'flag', datatype: 'boolean' },
  { name: 'tiny', datatype: 'unsignedByte' },
  { name: 'small', datatype: 'short' },
  { name: 'whole', datatype: 'int', unit: 'm' },
  { name: 'big', datatype: 'long' },
  { name: 'single', datatype: 'float', unit: 'deg' },
  { name: 'double', datatype: 'double', unit: 'J' },
  { name: 'point', datatype: 'double', arraysize: '2', xtype: 'point', unit: 'deg' },
  { name: 'polygon', datatype: 'double', arraysize: '*', xtype: 'polygon' },
  { name: 'moc', datatype: 'char', arraysize: '*', xtype: 'moc' },
]

export const sampleRows: readonly Row[] = [
  [
    'ivo://x.y/a',
    'Grüße, "Ωmega" & <M31>\r\n\ttabs',
    'ab',
    '2020-02-29T23:59:59',
    true,
    255,
    -32767,
    2147483647,
    9007199254740993n,
    0.10000000149011612,
    1e-300,
    [10.5, -20.25],
    [1, 2, 3, 4, 5, 6],
    '0/1-3 6/',
  ],
  [null, null, null, null, null, null, null, null, null, null, null, null, null, null],
  [
    '',
    ' ends with blanks ',
    'abcd',
    '1999-01-01T00:00:00',
    false,
    0,
    32767,
    -2147483647,
    -1n,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    [0, -0],
    [],
    '1/',
  ],
  [
    'javascript:alert(1)',
    '\u0000\u0001\uD800 illegal \u{1F52D}',
    "it's",
    '2020-01-01T00:00:00',
    true,
    7,
    0,
    0,
    0n,
    -1.5,
    Number.NEGATIVE_INFINITY,
    [359.999999, 90],
    [0.1, 0.2],
    null,
  ],
]

/** A result whose rows come in batches of two; ends with the given outcome. */
export function sampleResult(
  outcome: Outcome = 'OK',
  rows: readonly Row[] = sampleRows,
  columns = sampleColumns,
): ResultTable {
  return {
    columns,
    rows: batches(rows, 2),
    outcome: () => outcome,
    infos: [
      { name: 'standardID', value: 'ivo://ivoa.net/std/TAP' },
      { name: 'query', value: 'SELECT "a" < 1', text: 'as <sent>' },
    ],
  }
}

export async function* batches(rows: readonly Row[], size: number): AsyncGenerator<readonly Row[]> {
  for (let start = 0; start < rows.length; start += size) yield rows.slice(start, start + size)
}

/** `count` rows, then a failure. */
export async function* breakingAfter(count: number, row: Row, failure: Error): AsyncGenerator<readonly Row[]> {
  for (let done = 0; done < count; done += 1000) yield Array.from({ length: 1000 }, () => row)
  throw failure
}

/** All chunks of a document as one. */
export async function collect(chunks: AsyncIterable<string | Uint8Array>): Promise<Buffer> {
  const all: Buffer[] = []
  for await (const chunk of chunks) all.push(typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk))
  return Buffer.concat(all)
}
