// S-066: where a format has no flag for NULL, a number stands for it, and never for itself.
import { describe, expect, it } from 'vitest'
import type { Row, Value } from '../../src/core/sql.js'
import { fits } from '../../src/formats/fits.js'
import { votableBinary } from '../../src/formats/votable-binary.js'
import { readVotable } from '../../src/formats/votable-reader.js'
import type { ColumnDescription } from '../../src/tables/metadata.js'
import { collect, sampleResult } from './sample.js'

const column = (datatype: ColumnDescription['datatype']): ColumnDescription => ({ name: 'n', datatype })
const everyByte: readonly Row[] = Array.from({ length: 256 }, (_, value) => [value])

const binary = async (datatype: ColumnDescription['datatype'], rows: readonly Row[]) =>
  readVotable(await collect(votableBinary.write(sampleResult('OK', rows, [column(datatype)]))), 'back')
const fitsText = async (datatype: ColumnDescription['datatype'], rows: readonly Row[]) =>
  (await collect(fits.write(sampleResult('OK', rows, [column(datatype)])))).toString('latin1')

describe('S-066 BINARY', () => {
  it('keeps every byte and NULL apart', async () => {
    const table = await binary('unsignedByte', [...everyByte, [null]])
    expect(table.columns[0]?.datatype).toBe('short')
    expect(table.rows).toEqual([...everyByte, [null]])
  })

  it.each<[ColumnDescription['datatype'], Value]>([
    ['short', -32768],
    ['int', -2147483648],
    ['long', -9223372036854775808n],
  ])('of type %s refuses the value that stands for NULL rather than lose it', async (datatype, value) => {
    await expect(binary(datatype, [[value]])).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('stands for a missing value'),
    })
    expect((await binary(datatype, [[null], [7]])).rows.map(([cell]) => cell === null)).toEqual([true, false])
  })
})

describe('S-066 FITS', () => {
  it('keeps every byte and NULL apart', async () => {
    const widened = await fitsText('unsignedByte', [...everyByte, [null]])
    expect(widened).toContain("TFORM1  = '1I")
    expect(widened).toMatch(/TNULL1 {2}= +-32768/)
    const plain = await fitsText('unsignedByte', everyByte)
    expect(plain).toContain("TFORM1  = '1B")
    expect(plain).not.toContain('TNULL1')
  })

  it('loses no value where there is no NULL, and refuses it where there is', async () => {
    expect(await fitsText('short', [[-32768]])).not.toContain('TNULL1')
    await expect(fitsText('short', [[-32768], [null]])).rejects.toMatchObject({ kind: 'invalid' })
  })
})
