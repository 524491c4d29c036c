// test/cases/adql.txt: queries with the SQL they become, or the error they give. UPDATE_GOLDEN=1 writes what comes out.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { compileAdql } from '../../src/adql/compile.js'
import { AdqlError } from '../../src/adql/errors.js'
import { duckdbDialect } from '../../src/engines/duckdb-dialect.js'
import { postgresqlDialect } from '../../src/engines/postgresql-dialect.js'
import { type Case, cases, printCases } from './cases.js'
import { schemas } from './database.js'

const file = fileURLToPath(new URL('../cases/adql.txt', import.meta.url))
const uploads = [
  {
    name: 'sky',
    columns: [
      { name: 'Ra', datatype: 'double', unit: 'deg' },
      { name: 'dec', datatype: 'double', unit: 'deg' },
      { name: 'my id', datatype: 'char', arraysize: '*' },
      { name: 'size', datatype: 'int' },
      { name: 'flux', datatype: 'double', unit: 'mJy', ucd: 'phot.flux' },
      { name: 'ok', datatype: 'boolean' },
    ],
  },
] as const

/** What a query becomes, line by line. */
function outcome(query: string): readonly string[] {
  try {
    const [duckdb, postgresql] = [duckdbDialect, postgresqlDialect].map(
      (dialect) => compileAdql(query, { schemas, uploads, dialect }).sql.text,
    )
    return duckdb === postgresql ? [`sql ${duckdb}`] : [`duckdb ${duckdb}`, `postgresql ${postgresql}`]
  } catch (error) {
    if (!(error instanceof AdqlError)) throw error
    return [`error ${error.line}:${error.column} ${error.sentence}`]
  }
}

describe('test/cases/adql.txt', () => {
  const corpus = cases(readFileSync(file, 'utf8'))
  if (process.env['UPDATE_GOLDEN'] === '1')
    writeFileSync(
      file,
      printCases(corpus.map((one): Case => ({ ...one, expected: one.query === '' ? [] : outcome(one.query) }))),
    )

  it.each(cases(readFileSync(file, 'utf8')).filter((one) => one.query !== ''))('$query', ({ query, expected }) => {
    expect(outcome(query)).toEqual(expected)
  })
})
