// Every query that a client was seen to send is understood, and both engines take its SQL.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compileAdql } from '../../src/adql/compile.js'
import { parseAdql } from '../../src/adql/parser.js'
import { printAdql } from '../../src/adql/print.js'
import { duckdbDialect } from '../../src/engines/duckdb-dialect.js'
import { ask, createUpload, type Database, schemas, testedEngines, type Upload } from './database.js'
import { withoutPlaces } from './trees.js'

const file = fileURLToPath(new URL('../../../shared/queries/clients.json', import.meta.url))

interface ClientQuery {
  readonly client: string
  readonly version: string
  readonly purpose: string
  readonly adql: string
}

const queries: readonly ClientQuery[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : []

const uploads: readonly Upload[] = ['ids', 't1'].map((name) => ({
  name,
  columns: [{ name: 'id', datatype: 'char', arraysize: '*' }],
  rows: [['ivo://a/one'], ['ivo://a/two']],
}))

describe.runIf(queries.length > 0).each(testedEngines)('queries of clients in %s', (_, open) => {
  let database: Database
  beforeAll(async () => {
    database = await open()
    for (const upload of uploads) await createUpload(database, upload)
  }, 60_000)
  afterAll(() => database[Symbol.asyncDispose]())

  it('all 163 compile and run', async () => {
    expect(queries.length).toBe(163)
    const failures: string[] = []
    for (const { client, purpose, adql } of queries)
      await ask(database, adql, uploads).catch((error: Error) =>
        failures.push(`${client}, ${purpose}: ${error.message}`),
      )
    expect(failures).toEqual([])
  }, 60_000)
})

describe.runIf(queries.length > 0)('queries of clients', () => {
  it('give the same tree after printing', () => {
    for (const { adql } of queries) {
      const tree = parseAdql(adql)
      expect(withoutPlaces(parseAdql(printAdql(tree)))).toEqual(withoutPlaces(tree))
    }
  })

  it('by IVOID take the lane for look-ups', () => {
    const lookUps = queries.filter(({ purpose }) => /^service panel/.test(purpose))
    for (const { adql } of lookUps) {
      const { lane } = compileAdql(adql, { schemas, uploads, dialect: duckdbDialect })
      expect(lane).toBe('lookup')
    }
  })
})
