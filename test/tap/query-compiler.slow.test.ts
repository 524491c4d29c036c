// Long queries are compiled in a thread: same SQL, same mistakes, and an end for what takes too long.
import { afterEach, describe, expect, it } from 'vitest'
import { compileAdql } from '../../src/adql/compile.js'
import { AdqlError } from '../../src/adql/errors.js'
import { Sql } from '../../src/core/sql.js'
import { duckdbDialect, generationDialect } from '../../src/engines/duckdb-dialect.js'
import { declaredSchemas } from '../../src/tables/declared.js'
import { QueryCompiler } from '../../src/tap/query-compiler.js'
import { builtFile } from '../support/built.js'

const schemas = declaredSchemas()
const options = { schemas, dialect: () => duckdbDialect, threadFile: builtFile('tap/compile-thread') }
let compiler: QueryCompiler
afterEach(() => compiler[Symbol.asyncDispose]())

const list = (count: number) => Array.from({ length: count }, (_, index) => `res_title = 'a${index}'`).join(' OR ')
const polygon = `POLYGON(${Array.from({ length: 400 }, (_, index) => `${index * 0.8}, ${30 + 20 * Math.sin(index / 10)}`).join(', ')})`
const upload = { name: 'mine', columns: [{ name: 'id', datatype: 'char', arraysize: '*' }] } as const

describe('a long query', () => {
  it.each([
    ['a megabyte of OR', `SELECT ivoid FROM rr.resource WHERE ${list(40_000)}`],
    [
      'many shapes',
      `SELECT ivoid FROM rr.stc_spatial WHERE ${Array(5).fill('1 = CONTAINS(coverage, MOC(6, CIRCLE(1, 2, 3)))').join(' OR ')}`,
    ],
    ['an upload', `SELECT id, ivoid FROM TAP_UPLOAD.mine JOIN rr.resource ON ivoid = id WHERE ${list(300)}`],
  ])('becomes the same SQL as here: %s', async (_, text) => {
    compiler = new QueryCompiler(options)
    const [aside, here] = [
      await compiler.compile(text, [upload], 100),
      compileAdql(text, { schemas, uploads: [upload], dialect: duckdbDialect, maxRows: 100 }),
    ]
    expect(aside.sql).toBeInstanceOf(Sql)
    expect(aside).toEqual(here)
  })

  it('is written for the generation that is served', async () => {
    const numberedTables = new Set(['rr.resource', 'rr.capability', 'x.word', 'x.moc_cell'])
    const dialect = generationDialect({ keyedTables: new Set(), numberedTables, hasWords: true })
    compiler = new QueryCompiler({ ...options, dialect: () => dialect })
    const text = `SELECT ivoid FROM rr.resource NATURAL JOIN rr.capability WHERE ${list(300)}`
    const aside = await compiler.compile(text, [], 100)
    expect(aside.sql.text).toContain('resource_number')
    expect(aside).toEqual(compileAdql(text, { schemas, dialect, maxRows: 100 }))
  })

  it('has its mistake in the same place', async () => {
    compiler = new QueryCompiler(options)
    const text = `SELECT ivoid FROM rr.resource WHERE ${list(300)}\nAND res_tilte = 'x'`
    const thrown: unknown = await compiler.compile(text, [], 100).catch((error: unknown) => error)
    expect(thrown).toBeInstanceOf(AdqlError)
    expect(thrown).toMatchObject({
      kind: 'invalid',
      line: 2,
      column: 5,
      message: expect.stringContaining('res_title?'),
    })
  })

  it('does not keep short ones waiting', async () => {
    compiler = new QueryCompiler(options)
    const ended: string[] = []
    const heavy = Array.from({ length: 30 }, () => `1 = INTERSECTS(coverage, ${polygon})`).join(' OR ')
    const long = compiler
      .compile(`SELECT ivoid FROM rr.stc_spatial WHERE ${heavy}`, [], 1)
      .then(() => ended.push('long'))
    const short = compiler.compile('SELECT ivoid FROM rr.resource', [], 1).then(() => ended.push('short'))
    await Promise.all([long, short])
    expect(ended).toEqual(['short', 'long'])
  })

  it('ends after its time, and the next one is compiled', async () => {
    compiler = new QueryCompiler({ ...options, seconds: 2 })
    const heavy = Array.from({ length: 450 }, () => `1 = INTERSECTS(coverage, ${polygon})`)
      .join(' OR ')
      .slice(0, 990_000)
    const text = `SELECT ivoid FROM rr.stc_spatial WHERE ${heavy.slice(0, heavy.lastIndexOf(' OR '))}`
    const all = [
      compiler.compile(text, [], 1),
      compiler.compile(`SELECT ivoid FROM rr.resource WHERE ${list(300)}`, [], 1),
    ]
    await expect(all[0]).rejects.toMatchObject({ kind: 'limit', message: expect.stringContaining('2 seconds') })
    expect((await all[1])?.lane).toBe('general')
  }, 30_000)
})
