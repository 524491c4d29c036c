// Short queries are compiled where they are asked, once for all who ask the same of the same database.
import { describe, expect, it } from 'vitest'
import type { Dialect } from '../../src/adql/dialect.js'
import { duckdbDialect, generationDialect } from '../../src/engines/duckdb-dialect.js'
import { declaredSchemas } from '../../src/tables/declared.js'
import { QueryCompiler } from '../../src/tap/query-compiler.js'

const schemas = declaredSchemas()
const query = "SELECT res_title FROM rr.resource NATURAL JOIN rr.capability WHERE ivoid = 'ivo://a/b'"
const numbered = generationDialect({
  keyedTables: new Set(),
  numberedTables: new Set(['rr.resource', 'rr.capability', 'x.word', 'x.moc_cell']),
  hasWords: false,
})

describe('a short query', () => {
  it('is read once', async () => {
    await using compiler = new QueryCompiler({ schemas, dialect: () => duckdbDialect })
    const first = await compiler.compile(query, [], 10)
    expect(await compiler.compile(query, [], 10)).toBe(first)
    const other = await compiler.compile(query, [], 20)
    expect([first, other].map(({ sql }) => /LIMIT (\d+)$/.exec(sql.text)?.[1])).toEqual(['10', '20'])
  })

  it('that becomes a long one is not kept', async () => {
    await using compiler = new QueryCompiler({ schemas, dialect: () => duckdbDialect })
    const long = 'SELECT ivoid FROM rr.stc_spatial WHERE 1 = INTERSECTS(MOC(9, CIRCLE(10, 20, 20)), coverage)'
    const [first, again] = [await compiler.compile(long, [], 10), await compiler.compile(long, [], 10)]
    expect(first.sql.text.length).toBeGreaterThan(20_000)
    expect(again).not.toBe(first)
    expect(again).toEqual(first)
  })

  it('is read again for the next generation', async () => {
    let dialect: Dialect = duckdbDialect
    await using compiler = new QueryCompiler({ schemas, dialect: () => dialect })
    const before = await compiler.compile(query, [], 10)
    dialect = numbered
    const after = await compiler.compile(query, [], 10)
    dialect = duckdbDialect
    expect(before.sql.text).not.toContain('resource_number')
    expect(after.sql.text).toContain('resource_number')
    expect((await compiler.compile(query, [], 10)).sql.text).toBe(before.sql.text)
  })

  it('with an upload is read for its own columns', async () => {
    await using compiler = new QueryCompiler({ schemas, dialect: () => duckdbDialect })
    const types = (['long', 'int'] as const).map(async (datatype) => {
      const upload = { name: 'mine', columns: [{ name: 'id', datatype }] }
      const { columns } = await compiler.compile('SELECT id FROM TAP_UPLOAD.mine', [upload], 10)
      return columns[0]?.datatype
    })
    expect(await Promise.all(types)).toEqual(['long', 'int'])
  })
})
