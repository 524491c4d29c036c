// What every output format must do, and what each does in its own way.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { describe, expect, it } from 'vitest'
import { RegistryError } from '../../src/core/errors.js'
import type { Row } from '../../src/core/sql.js'
import { fits } from '../../src/formats/fits.js'
import { formats } from '../../src/formats/index.js'
import { json } from '../../src/formats/json.js'
import { parquet } from '../../src/formats/parquet.js'
import { votable } from '../../src/formats/votable.js'
import { readXml, textOf } from '../../src/xml/reader.js'
import { schemaViolations } from '../support/schemas.js'
import { expectGolden } from './golden.js'
import { breakingAfter, collect, sampleColumns, sampleResult, sampleRows } from './sample.js'

const hasSchemas = existsSync(fileURLToPath(new URL('../../../shared/xsd/all.xsd', import.meta.url)))
const row: Row = [
  'ivo://x.y/z',
  'A title',
  'abcd',
  null,
  true,
  1,
  2,
  3,
  4n,
  0.5,
  0.25,
  [1, 2],
  [1, 2, 3, 4, 5, 6],
  '0/1',
]

describe.each(formats)('$mediaType', (format) => {
  it('writes the same document as ever', async () => {
    const document = await collect(format.write(sampleResult()))
    if (format.extension === 'parquet') expect(document.subarray(0, 4).toString()).toBe('PAR1')
    else expectGolden(`formats/${format.aliases[0]?.replaceAll('/', '-')}.${format.extension}`, document)
  })

  it('writes a result without rows', async () => {
    const document = await collect(format.write(sampleResult('OK', [])))
    expect(document.length).toBeGreaterThan(50)
    expect(document.toString('latin1')).toContain('ivoid')
  })

  it('does not begin a document when the rows fail before the first', async () => {
    const failure = new RegistryError('limit', 'too slow')
    const chunks = format.write({ ...sampleResult(), rows: breakingAfter(0, row, failure) })
    await expect(collect(chunks)).rejects.toBe(failure)
  })

  it('hands on chunks before the last row has come', async () => {
    // FITS states the number of rows at its beginning, so it cannot.
    if (format === fits) return
    let pulled = 0
    async function* rows(): AsyncGenerator<readonly Row[]> {
      for (; pulled < 100; pulled++) yield Array.from({ length: 1000 }, () => row)
    }
    for await (const chunk of format.write({ ...sampleResult(), rows: rows() })) {
      expect(chunk.length).toBeGreaterThan(500)
      break
    }
    expect(pulled).toBeLessThan(50)
  })

  it('ends its rows when the reader stops', async () => {
    let isClosed = false
    async function* rows(): AsyncGenerator<readonly Row[]> {
      try {
        for (let index = 0; index < 1000; index++) yield Array.from({ length: 1000 }, () => row)
      } finally {
        isClosed = true
      }
    }
    const limited =
      format === fits
        ? { ...sampleResult(), rows: breakingAfter(2000, row, new Error('x')) }
        : { ...sampleResult(), rows: rows() }
    if (format === fits) await expect(collect(format.write(limited))).rejects.toThrow('x')
    else {
      for await (const _chunk of format.write(limited)) break
      expect(isClosed).toBe(true)
    }
  })
})

describe.each(formats.filter((format) => format.mediaType.startsWith('application/x-votable')))(
  'VOTable $mediaType',
  (format) => {
    it.runIf(hasSchemas)('is valid (M-198)', async () => {
      const overflow = await collect(format.write(sampleResult('OVERFLOW')))
      const broken = await collect(
        format.write({ ...sampleResult(), rows: breakingAfter(3000, row, new RegistryError('limit', 'too <slow>')) }),
      )
      for (const document of [overflow, broken, Buffer.from(format.error?.('bad & worse') ?? '')])
        expect(schemaViolations(document.toString())).toEqual([])
    })

    it('says OK before the table and OVERFLOW after it (M-188, M-189, M-191)', async () => {
      const document = (await collect(format.write(sampleResult('OVERFLOW')))).toString()
      expect(statusesOf(document)).toEqual(['OK', 'OVERFLOW'])
      expect(document.indexOf('value="OK"')).toBeLessThan(document.indexOf('<TABLE>'))
      expect(document.indexOf('value="OVERFLOW"')).toBeGreaterThan(document.indexOf('</TABLE>'))
    })

    it('ends with ERROR when the rows break off (M-190)', async () => {
      const chunks = format.write({
        ...sampleResult(),
        rows: breakingAfter(3000, row, new RegistryError('limit', 'too <slow>')),
      })
      const document = (await collect(chunks)).toString()
      expect(statusesOf(document)).toEqual(['OK', 'ERROR'])
      expect(textOf(readXml(document))).toContain('too <slow>')
    })

    it('echoes query and standard (S-064)', async () => {
      const document = (await collect(format.write(sampleResult()))).toString()
      expect(document).toContain('<INFO name="standardID" value="ivo://ivoa.net/std/TAP"/>')
      expect(document).toContain('<INFO name="query" value="SELECT &quot;a&quot; &lt; 1">as &lt;sent&gt;</INFO>')
    })
  },
)

describe('TABLEDATA', () => {
  it('never holds characters that XML forbids (M-202)', async () => {
    const document = (await collect(votable.write(sampleResult()))).toString()
    expect(document).toContain('<TD>??? illegal \u{1F52D}</TD>')
    expect(document).not.toMatch(/[\u0000-\u0008\u000B\u000C\u000E-\u001F]/)
  })

  it('shows what broke off as an error of ours without its detail', async () => {
    const chunks = votable.write({ ...sampleResult(), rows: breakingAfter(3000, row, new TypeError('secret path')) })
    expect((await collect(chunks)).toString()).not.toContain('secret')
  })
})

describe('JSON', () => {
  it('reads back', async () => {
    const document = JSON.parse((await collect(json.write(sampleResult('OVERFLOW')))).toString()) as {
      metadata: unknown
      data: unknown[][]
      status: string
    }
    expect(document.metadata).toEqual(sampleColumns)
    expect(document.data[0]?.slice(0, 7)).toEqual(sampleRows[0]?.slice(0, 7))
    expect(document.data[2]?.[9]).toBe('NaN')
    expect(document.status).toBe('OVERFLOW')
  })
})

describe('Parquet', () => {
  it('reads back, with the VOTable metadata inside', async () => {
    const bytes = await collect(parquet.write(sampleResult()))
    const file = new Uint8Array(bytes).buffer
    const rows = await parquetReadObjects({ file })
    expect(rows).toHaveLength(sampleRows.length)
    expect(rows[0]).toMatchObject({
      ivoid: 'ivo://x.y/a',
      flag: true,
      tiny: 255,
      whole: 2147483647,
      big: 9007199254740993n,
      double: 1e-300,
      point: '10.5 -20.25',
    })
    expect(Object.values(rows[1] ?? {}).every((value) => value === null || value === undefined)).toBe(true)
    const { key_value_metadata } = await parquetMetadataAsync(file)
    const content = key_value_metadata?.find((pair) => pair.key === 'IVOA.VOTable-Parquet.content')?.value ?? ''
    expect(content).toContain('<FIELD name="ivoid" datatype="char" arraysize="*" ucd="meta.ref.ivoid"')
  })

  it('gives columns of the same name names of their own', async () => {
    const columns = [sampleColumns[0], sampleColumns[0]].filter((column) => column !== undefined)
    const bytes = await collect(parquet.write(sampleResult('OK', [['a', 'b']], columns)))
    expect(await parquetReadObjects({ file: new Uint8Array(bytes).buffer })).toEqual([{ ivoid: 'a', ivoid_2: 'b' }])
  })
})

describe('FITS', () => {
  it('consists of whole blocks and states its rows', async () => {
    const bytes = await collect(fits.write(sampleResult()))
    expect(bytes.length % 2880).toBe(0)
    expect(bytes.toString('latin1')).toContain(`NAXIS2  = ${String(sampleRows.length).padStart(20)}`)
  })

  it('puts long texts of few rows behind the table', async () => {
    const column = { name: 't', datatype: 'char', arraysize: '*' } as const
    const short = Array.from({ length: 100 }, () => ['a'])
    const bytes = await collect(fits.write(sampleResult('OK', [...short, ['x'.repeat(5000)]], [column])))
    expect(bytes.toString('latin1')).toMatch(/TFORM1 {2}= '1QA\(5000\)'/)
    expect(bytes.length).toBeLessThan(20_000)
    expect(bytes.toString('latin1')).toContain('x'.repeat(5000))
  })
})

function statusesOf(document: string): string[] {
  return [...document.matchAll(/<INFO name="QUERY_STATUS" value="(\w+)"/g)].map((match) => match[1] ?? '')
}
