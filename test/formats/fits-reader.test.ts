// Binary tables: what our own writer makes comes back, and what other writers put into headers is understood.
import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import type { Row } from '../../src/core/sql.js'
import { fits } from '../../src/formats/fits.js'
import { type Card, headerBytes } from '../../src/formats/fits-header.js'
import { readFits } from '../../src/formats/fits-reader.js'
import type { ColumnDescription } from '../../src/tables/metadata.js'
import { collect, sampleResult } from './sample.js'

async function* inPieces(bytes: Buffer, length: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += length) yield bytes.subarray(start, start + length)
}

async function read(bytes: Buffer, pieceBytes = 1000) {
  const table = await readFits('stars.fits', inPieces(bytes, pieceBytes))
  const rows: Row[] = []
  for await (const batch of table.rows) rows.push(...batch)
  return { ...table, rows }
}

const primary = headerBytes([
  { keyword: 'SIMPLE', value: true },
  { keyword: 'BITPIX', value: 8 },
  { keyword: 'NAXIS', value: 0 },
])

/** A file with one table: its cards, and the bytes of its rows. */
function fileOf(cards: readonly Card[], rowBytes: number, rows: readonly Buffer[]): Buffer {
  const data = Buffer.concat(rows)
  const header = headerBytes([
    { keyword: 'XTENSION', value: 'BINTABLE' },
    { keyword: 'BITPIX', value: 8 },
    { keyword: 'NAXIS', value: 2 },
    { keyword: 'NAXIS1', value: rowBytes },
    { keyword: 'NAXIS2', value: rows.length },
    { keyword: 'PCOUNT', value: 0 },
    { keyword: 'GCOUNT', value: 1 },
    ...cards,
  ])
  return Buffer.concat([primary, header, data, Buffer.alloc((2880 - (data.length % 2880)) % 2880)])
}

describe('a FITS table', () => {
  const columns: readonly ColumnDescription[] = [
    { name: 'name', datatype: 'char', arraysize: '*', ucd: 'meta.id', description: "Name, in the star's catalog" },
    { name: 'flag', datatype: 'boolean' },
    { name: 'small', datatype: 'short' },
    { name: 'whole', datatype: 'int', unit: 'm' },
    { name: 'big', datatype: 'long' },
    { name: 'ra', datatype: 'double', unit: 'deg', ucd: 'pos.eq.ra;meta.main', utype: 'x:y', xtype: 'z' },
  ]
  const rows: readonly Row[] = [
    ['Vega', true, -5, 7, 12, 279.23],
    [null, null, null, null, null, null],
    ['', false, 1, 2, 3, -0.5],
  ]

  it.each([100, 2880, 100_000])('comes back from our own writer, in pieces of %d bytes', async (pieceBytes) => {
    const table = await read(await collect(fits.write(sampleResult('OK', rows, columns))), pieceBytes)
    expect(table.nrows).toBe(3)
    expect(table.columns).toEqual([{ ...columns[0], arraysize: '4' }, ...columns.slice(1)])
    expect(table.rows).toEqual([rows[0], rows[1], [null, ...(rows[2] ?? []).slice(1)]])
  })

  it('may have unsigned and scaled numbers, and a number for no value', async () => {
    const row = Buffer.alloc(6)
    row.writeInt16BE(-32_768, 0)
    row.writeInt16BE(10, 2)
    row.writeInt16BE(-99, 4)
    const cards: readonly Card[] = [
      { keyword: 'TFIELDS', value: 3 },
      { keyword: 'EXTNAME', value: 'stars' },
      { keyword: 'TTYPE1', value: 'u', comment: 'Unsigned number' },
      { keyword: 'TFORM1', value: 'I' },
      { keyword: 'TZERO1', value: 32_768 },
      { keyword: 'TTYPE2', value: 's', comment: 'label for field   2' },
      { keyword: 'TFORM2', value: '1I' },
      { keyword: 'TSCAL2', value: 0.5 },
      { keyword: 'TTYPE3', value: 'n' },
      { keyword: 'TFORM3', value: '1I' },
      { keyword: 'TNULL3', value: -99 },
    ]
    const table = await read(fileOf(cards, 6, [row]))
    expect(table.name).toBe('stars')
    expect(table.columns).toEqual([
      { name: 'u', datatype: 'int', description: 'Unsigned number' },
      { name: 's', datatype: 'double' },
      { name: 'n', datatype: 'short' },
    ])
    expect(table.rows).toEqual([[0, 5, null]])
  })

  it('may have arrays, whose values are left out', async () => {
    const cards: readonly Card[] = [
      { keyword: 'TFIELDS', value: 4 },
      { keyword: 'TFORM1', value: '6E' },
      { keyword: 'TDIM1', value: '(2,3)' },
      { keyword: 'TFORM2', value: '1PD(7)' },
      { keyword: 'TFORM3', value: '9X' },
      { keyword: 'TFORM4', value: 'J' },
    ]
    const row = Buffer.alloc(24 + 8 + 2 + 4)
    row.writeInt32BE(42, 34)
    const table = await read(fileOf(cards, row.length, [row]))
    expect(table.columns.map(({ datatype, arraysize }) => [datatype, arraysize])).toEqual([
      ['float', '2x3'],
      ['double', '*'],
      ['bit', '9'],
      ['int', undefined],
    ])
    expect(table.rows).toEqual([[null, null, null, 42]])
  })
})

describe('a FITS file is refused', () => {
  it('without a table', async () => {
    await expect(readFits('image.fits', inPieces(primary, 500))).rejects.toThrow('has 1 part and no binary table')
  })

  it('that breaks off', async () => {
    const cards: readonly Card[] = [
      { keyword: 'TFIELDS', value: 1 },
      { keyword: 'TFORM1', value: '10J' },
    ]
    const whole = fileOf(cards, 40, [Buffer.alloc(40), Buffer.alloc(40)])
    await expect(read(whole.subarray(0, 2 * 2880 + 50))).rejects.toThrow('breaks off: 80 bytes are expected where 50')
  })

  it('whose columns are longer than its rows', async () => {
    const cards: readonly Card[] = [
      { keyword: 'TFIELDS', value: 1 },
      { keyword: 'TFORM1', value: '10J' },
    ]
    await expect(read(fileOf(cards, 4, [Buffer.alloc(4)]))).rejects.toThrow('rows of 4 bytes')
  })
})
