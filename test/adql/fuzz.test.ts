// Mutated queries: whatever comes in, either SQL or an AdqlError with a place comes out. ADQL_FUZZ_RUNS sets how many.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileAdql } from '../../src/adql/compile.js'
import { AdqlError } from '../../src/adql/errors.js'
import { parseAdql } from '../../src/adql/parser.js'
import { printAdql } from '../../src/adql/print.js'
import type { Sql } from '../../src/core/sql.js'
import { duckdbDialect } from '../../src/engines/duckdb-dialect.js'
import { cases } from './cases.js'
import { createUpload, type Database, schemas, testedEngines } from './database.js'
import { withoutPlaces } from './trees.js'

const runs = Number(process.env['ADQL_FUZZ_RUNS'] ?? 3000)
const corpus = cases(readFileSync(fileURLToPath(new URL('../cases/adql.txt', import.meta.url)), 'utf8'))
  .map((one) => one.query)
  .filter((query) => query !== '')
const pieces = [...new Set(corpus.flatMap((query) => query.match(/'[^']*'|"[^"]*"|[\w.]+|\S/g) ?? []))]

const sky = {
  name: 'sky',
  columns: [
    { name: 'Ra', datatype: 'double', unit: 'deg' },
    { name: 'dec', datatype: 'double', unit: 'deg' },
    { name: 'my id', datatype: 'char', arraysize: '*' },
    { name: 'size', datatype: 'int' },
    { name: 'flux', datatype: 'double', unit: 'mJy' },
    { name: 'ok', datatype: 'boolean' },
  ],
  rows: [[10, 20, 'a', 1, 1.5, 'true']],
} as const

/** Values that no query can rule out beforehand. */
const dataErrors =
  /^(Conversion|Out of Range|Invalid Input) Error|out of range|invalid input syntax|division by zero|cannot take|more than one row|is too large/i

type Edit = readonly [
  kind: 'drop' | 'insert' | 'replace' | 'swap' | 'repeat' | 'character',
  place: number,
  piece: string,
]

const edits: fc.Arbitrary<readonly Edit[]> = fc.array(
  fc.tuple(
    fc.constantFrom('drop', 'insert', 'replace', 'swap', 'repeat', 'character'),
    fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...pieces) },
      { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 4 }) },
    ),
  ),
  { minLength: 1, maxLength: 5 },
)

function mutate(query: string, changes: readonly Edit[]): string {
  const tokens = query.match(/\s+|'[^']*'|"[^"]*"|[\w.]+|\S/g) ?? []
  for (const [kind, where, piece] of changes) {
    const at = Math.floor(where * tokens.length)
    const token = tokens[at] ?? ''
    switch (kind) {
      case 'drop':
        tokens.splice(at, 1)
        break
      case 'insert':
        tokens.splice(at, 0, ' ', piece, ' ')
        break
      case 'replace':
        tokens.splice(at, 1, piece)
        break
      case 'swap':
        tokens.splice(at, 2, tokens[at + 1] ?? '', ' ', token)
        break
      case 'repeat':
        tokens.splice(at, 0, ...tokens.slice(at, at + 8), ' ')
        break
      case 'character':
        tokens.splice(at, 1, token.slice(0, -1) + piece.slice(0, 1))
        break
    }
  }
  return tokens.join('')
}

const mutated = fc.tuple(fc.constantFrom(...corpus), edits).map(([query, changes]) => mutate(query, changes))

describe('mutated queries', () => {
  it('give SQL or an AdqlError that marks a place', () => {
    fc.assert(
      fc.property(mutated, (query) => {
        try {
          compileAdql(query, { schemas, dialect: duckdbDialect, maxRows: 11 })
        } catch (error) {
          if (!(error instanceof AdqlError)) throw error
          expect(error.sentence.length).toBeGreaterThan(10)
          expect(error.excerpt).toContain('^')
          expect(error.message).not.toMatch(/undefined|\[object|NaN/)
        }
      }),
      { numRuns: runs },
    )
  })

  it('have the same tree after printing', () => {
    fc.assert(
      fc.property(mutated, (query) => {
        let tree: ReturnType<typeof parseAdql>
        try {
          tree = parseAdql(query)
        } catch {
          return
        }
        expect(withoutPlaces(parseAdql(printAdql(tree)))).toEqual(withoutPlaces(tree))
      }),
      { numRuns: runs },
    )
  })

  it.each(testedEngines)(
    'that compile are understood by %s',
    async (_, open) => {
      await using database: Database = await open()
      await createUpload(database, sky)
      await fc.assert(
        fc.asyncProperty(mutated, async (query) => {
          let text: Sql
          try {
            text = compileAdql(query, { schemas, uploads: [sky], dialect: database.dialect, maxRows: 3 }).sql
          } catch (error) {
            if (error instanceof AdqlError) return
            throw error
          }
          await database.run(text).catch((error: Error) => {
            if (!dataErrors.test(error.message)) throw new Error(`${error.message}\n${text.text}`)
          })
        }),
        { numRuns: runs / 10 },
      )
    },
    600_000,
  )
})
