// Uploads: every serialisation and version that clients send is read, and what is wrong is said.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Row, Value } from '../../src/core/sql.js'
import { votable } from '../../src/formats/votable.js'
import { votableBinary } from '../../src/formats/votable-binary.js'
import { votableBinary2 } from '../../src/formats/votable-binary2.js'
import { readVotable, VotableReader } from '../../src/formats/votable-reader.js'
import type { ColumnDescription } from '../../src/tables/metadata.js'
import { collect, sampleResult } from './sample.js'

const columns: readonly ColumnDescription[] = [
  { name: 'text', datatype: 'char', arraysize: '*', ucd: 'meta.id', description: 'what & why' },
  { name: 'wide', datatype: 'unicodeChar', arraysize: '*' },
  { name: 'code', datatype: 'char', arraysize: '3' },
  { name: 'when', datatype: 'char', arraysize: '19', xtype: 'timestamp' },
  { name: 'yes', datatype: 'boolean' },
  { name: 'short', datatype: 'short' },
  { name: 'int', datatype: 'int', unit: 'm' },
  { name: 'long', datatype: 'long' },
  { name: 'double', datatype: 'double' },
  { name: 'odd "name"', datatype: 'double', arraysize: '2', xtype: 'x:unheard-of' },
  { name: 'many', datatype: 'int', arraysize: '*' },
  { name: 'bytes', datatype: 'unsignedByte', arraysize: '*' },
  { name: 'bits', datatype: 'bit', arraysize: '10' },
]

const rows: readonly Row[] = [
  [
    'a<b',
    'Grüße\u{1F52D}',
    'abc',
    '2020-02-29T23:59:59',
    true,
    -5,
    7,
    9007199254740993n,
    0.1,
    [1.5, -2],
    [1, 2, 3],
    new Uint8Array([0, 255]),
    [1, 0, 1, 1, 0, 0, 0, 0, 0, 1],
  ],
  [null, null, null, null, null, null, null, null, null, null, null, null, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
]

describe.each([votable, votableBinary, votableBinary2])('reading $mediaType (M-260)', (format) => {
  it('gives back columns and rows as they were written (M-263)', async () => {
    const document = await collect(format.write(sampleResult('OK', rows, columns)))
    const table = await readVotable(document, 'mine')
    expect(table.name).toBe('mine')
    expect(table.columns).toEqual(columns)
    expect(table.rows).toEqual(rows)
  })

  it('gives back any text and number', async () => {
    const three = columns
      .slice(1, 2)
      .concat(columns.filter((column) => ['int', 'double', 'long'].includes(column.name)))
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(
            fc
              .string({ unit: 'grapheme', minLength: 1 })
              .filter((text) => !/[\u0000-\u0008\u000B\u000C\u000E-\u001F]/.test(text)),
            fc.integer({ min: -2147483647 }),
            fc.bigInt({ min: -(2n ** 63n) + 1n, max: 2n ** 63n - 1n }),
            fc.double({ noNaN: true }),
          ),
          { maxLength: 5 },
        ),
        async (given) => {
          const table = await readVotable(await collect(format.write(sampleResult('OK', given, three))), 't')
          const exact = (value: Value): Value =>
            typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value
          expect(table.rows).toEqual(given.map((row) => row.map(exact)))
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('reading piece by piece', () => {
  it.each([
    ['TABLEDATA', votable],
    ['BINARY', votableBinary],
    ['BINARY2', votableBinary2],
  ] as const)('%s: gives the same rows wherever the pieces end', async (_, format) => {
    const bytes = await collect(format.write(sampleResult('OK', rows, columns)))
    const whole = await readVotable(bytes, 't')
    const text = bytes.toString('utf8')
    for (const length of [1, 7, 100]) {
      const reader = new VotableReader('The table')
      const taken: Row[] = []
      for (let start = 0; start < text.length && !reader.isComplete; start += length) {
        reader.write(text.slice(start, start + length))
        taken.push(...reader.takeRows())
      }
      reader.end()
      expect(taken).toEqual(whole.rows)
      expect(reader.columns).toEqual(whole.columns)
    }
  })

  it('tells what the document says about the table, and not about what is around it', () => {
    const reader = new VotableReader('The table')
    reader.write(`<VOTABLE><DESCRIPTION>around</DESCRIPTION><RESOURCE><TABLE name="stars" nrows="12">
      <DESCRIPTION>Bright stars</DESCRIPTION><FIELD name="a" datatype="int"/></TABLE></RESOURCE></VOTABLE>`)
    expect(reader.facts).toEqual({ name: 'stars', nrows: 12, description: 'Bright stars' })
  })

  it('says that rows break off', () => {
    const reader = new VotableReader('The table')
    const stream = (base64: string) =>
      `<VOTABLE><RESOURCE><TABLE><FIELD name="a" datatype="int"/><DATA><BINARY><STREAM encoding="base64">${base64}</STREAM></BINARY></DATA></TABLE></RESOURCE></VOTABLE>`
    expect(() => reader.write(stream(Buffer.from([0, 0, 0, 1, 0, 0]).toString('base64')))).toThrow(
      'breaks off: byte 4 of 6 begins a value of 4 bytes',
    )
    expect(reader.takeRows()).toEqual([[1]])
  })
})

describe('reading tables of other makers', () => {
  it.each(['1.1', '1.2', '1.3', 'none'])('version %s, prefixed or not', async (version) => {
    const namespace = version === 'none' ? '' : `http://www.ivoa.net/xml/VOTable/v${version}`
    const declared = namespace === '' ? '' : ` xmlns:v="${namespace}"`
    const p = namespace === '' ? '' : 'v:'
    const text = `<?xml version="1.0"?><${p}VOTABLE version="1.1"${declared}><${p}DESCRIPTION>x</${p}DESCRIPTION><${p}RESOURCE><${p}PARAM name="p" datatype="int" value="1"/><${p}TABLE>
      <${p}FIELD name="ra" datatype="double" ucd="POS_EQ_RA_MAIN"><${p}DESCRIPTION>right
      ascension</${p}DESCRIPTION></${p}FIELD><${p}FIELD name="n" datatype="int"><${p}VALUES null="-99"/></${p}FIELD>
      <${p}DATA><${p}TABLEDATA><${p}TR><${p}TD> 1.5 </${p}TD><${p}TD>-99</${p}TD></${p}TR><${p}TR><${p}TD>NaN</${p}TD><${p}TD>0x1F</${p}TD></${p}TR></${p}TABLEDATA></${p}DATA></${p}TABLE>
      <${p}TABLE><${p}FIELD name="second" datatype="int"/></${p}TABLE></${p}RESOURCE></${p}VOTABLE>`
    const table = await readVotable(Buffer.from(text), 't')
    expect(table.columns.map((column) => column.name)).toEqual(['ra', 'n'])
    expect(table.columns[0]?.description).toBe('right\n      ascension')
    expect(table.rows).toEqual([
      [1.5, null],
      [null, 31],
    ])
  })

  it('reads what STILTS writes', async () => {
    for (const name of ['tabledata', 'binary', 'binary2']) {
      const bytes = readFileSync(fileURLToPath(new URL(`stilts/${name}.vot`, import.meta.url)))
      const table = await readVotable(bytes, 't')
      expect(table.rows).toEqual([
        [1, 2.5, 'first', 10.25, true],
        [2, null, null, -0.5, false],
      ])
      expect(table.columns.map((column) => column.datatype)).toEqual(['int', 'double', 'char', 'float', 'boolean'])
    }
  })

  it('reads ISO 8859-1 and UTF-16', async () => {
    const body =
      '<VOTABLE><RESOURCE><TABLE><FIELD name="a" datatype="unicodeChar" arraysize="*"/><DATA><TABLEDATA><TR><TD>é</TD></TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>'
    const latin = Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${body}`, 'latin1')
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(body, 'utf16le')])
    for (const bytes of [latin, wide]) expect((await readVotable(bytes, 't')).rows).toEqual([['é']])
  })
})

const table = (content: string): Buffer =>
  Buffer.from(`<VOTABLE><RESOURCE><TABLE>${content}</TABLE></RESOURCE></VOTABLE>`)
const field = '<FIELD name="a" datatype="int"/>'

describe('what is wrong is said (M-265)', () => {
  it.each([
    ['no XML', Buffer.from('a,b\n1,2'), /is not well-formed XML/],
    ['cut off', Buffer.from('<VOTABLE><RESOURCE><TABLE>'), /is not well-formed XML: unclosed tag/],
    ['another document', Buffer.from('<html/>'), /is no VOTable: its root element is html/],
    ['no table', Buffer.from('<VOTABLE><RESOURCE/></VOTABLE>'), /holds no TABLE/],
    ['unknown type', table('<FIELD name="a" datatype="quad"/>'), /column "a" of the unknown datatype "quad"/],
    ['doubled name', table(field + field), /two columns named "a"/],
    [
      'bad number',
      table(`${field}<DATA><TABLEDATA><TR><TD>1.5</TD></TR></TABLEDATA></DATA>`),
      /column "a" holds "1.5", which is no int/,
    ],
    ['missing cell', table(`${field}<DATA><TABLEDATA><TR/></TABLEDATA></DATA>`), /has 1 column, but row 1 has 0 cells/],
    [
      'extra cell',
      table(`${field}<DATA><TABLEDATA><TR><TD>1</TD><TD>2</TD></TR></TABLEDATA></DATA>`),
      /row 1 has more cells/,
    ],
    ['FITS inside', table(`${field}<DATA><FITS><STREAM/></FITS></DATA>`), /has its rows as FITS/],
    [
      'remote rows',
      table(`${field}<DATA><BINARY><STREAM href="file:///etc/passwd"/></BINARY></DATA>`),
      /keeps its rows at another address/,
    ],
    [
      'cut stream',
      table(`${field}<DATA><BINARY><STREAM encoding="base64">AAA=</STREAM></BINARY></DATA>`),
      /breaks off: byte 0 of 2/,
    ],
    [
      'huge array',
      table(
        '<FIELD name="a" datatype="char" arraysize="*"/><DATA><BINARY><STREAM encoding="base64">f////w==</STREAM></BINARY></DATA>',
      ),
      /breaks off/,
    ],
    ['entities', Buffer.from('<!DOCTYPE VOTABLE [<!ENTITY a "b">]><VOTABLE/>'), /declares entities/],
    ['array size', table('<FIELD name="a" datatype="int" arraysize="two"/>'), /arraysize="two" is not an array size/],
  ])('%s', async (_name, bytes, message) => {
    await expect(readVotable(bytes, 'mine')).rejects.toThrow(message)
  })

  it('survives any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        await expect(readVotable(bytes, 't')).rejects.toMatchObject({ kind: 'invalid' })
      }),
      { numRuns: 200 },
    )
  })
})
