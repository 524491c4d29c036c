// Text tables as people have them: separators, quotation marks, and the types that cells have in common.
import { describe, expect, it } from 'vitest'
import { readCsv } from '../../src/formats/csv-reader.js'

async function read(text: string, pieceLength = 10_000) {
  async function* pieces() {
    for (let start = 0; start < text.length; start += pieceLength) yield text.slice(start, start + pieceLength)
  }
  const table = await readCsv('stars.csv', pieces())
  const rows: (readonly (string | null)[])[] = []
  for await (const batch of table.rows) rows.push(...batch)
  return { rows, columns: table.typedColumns() }
}

describe('a CSV table', () => {
  it.each([1, 3, 1000])('has quoted cells with anything in them, in pieces of %d characters', async (length) => {
    const { rows } = await read('a,"b ""x""",c\r\n1,"two, three",\r\n"4\n5", 6 ,"say ""hi"""\r\n', length)
    expect(rows).toEqual([
      ['1', 'two, three', null],
      ['4\n5', '6', 'say "hi"'],
    ])
  })

  it.each([
    ['a\tb\n1\t2\n'],
    ['a;b\n1;2\n'],
    ['a|b\n1|2'],
    ['# a comment with one " in it\n\na,b\n1,2\n'],
    ['\uFEFFa,b\n1,2\n'.slice(1)],
  ])('knows the separator of %j', async (text) => {
    const { rows, columns } = await read(text)
    expect(columns.map((column) => column.name)).toEqual(['a', 'b'])
    expect(rows).toEqual([['1', '2']])
  })

  it('has the types that all cells of a column have in common', async () => {
    const { columns } = await read(
      'i,l,d,t,b,s,e,m\n1,1,1,2020-01-01,true,x,,1\n-2,3000000000,1e-3,2020-01-01T10:00:00Z,False,2,,x\n,,NaN,,,,,\n',
    )
    expect(columns).toEqual([
      { name: 'i', datatype: 'int' },
      { name: 'l', datatype: 'long' },
      { name: 'd', datatype: 'double' },
      { name: 't', datatype: 'char', arraysize: '*', xtype: 'timestamp' },
      { name: 'b', datatype: 'boolean' },
      { name: 's', datatype: 'char', arraysize: '*' },
      { name: 'e', datatype: 'char', arraysize: '*' },
      { name: 'm', datatype: 'char', arraysize: '*' },
    ])
  })

  it('says more in the head of an ECSV file', async () => {
    const { rows, columns } = await read(`# %ECSV 1.0
# ---
# datatype:
# - {name: ra, unit: deg, datatype: float64, description: Right ascension, meta: {ucd: pos.eq.ra}}
# - {name: n, datatype: int16}
# - {name: id, datatype: string}
# schema: astropy-2.0
ra n id
1.5 2 "a b"
`)
    expect(columns).toEqual([
      { name: 'ra', datatype: 'double', unit: 'deg', description: 'Right ascension', ucd: 'pos.eq.ra' },
      { name: 'n', datatype: 'short' },
      { name: 'id', datatype: 'char', arraysize: '*' },
    ])
    expect(rows).toEqual([['1.5', '2', 'a b']])
  })

  it.each([
    ['', 'no line with the names'],
    ['1.5,2\n3,4\n', 'numbers in its first line'],
    ['a,b\n1\n', 'has 2 columns, but row 1 has 1 cell: 1'],
  ])('is refused when it is %j', async (text, message) => {
    await expect(read(text)).rejects.toThrow(message)
  })
})
