// Mutated queries: whatever comes in, either SQL or an AdqlError with a place comes out. ADQL_FUZZ_RUNS sets how many.
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { compileAdql } from '../../src/adql/compile.js'
import { AdqlError } from '../../src/adql/errors.js'
import { parseAdql } from '../../src/adql/parser.js'
import { printAdql } from '../../src/adql/print.js'
import { duckdbDialect } from '../../src/engines/duckdb-dialect.js'
import { cases } from './cases.js'
import { schemas } from './database.js'
import { withoutPlaces } from './trees.js'

const runs = Number(process.env['ADQL_FUZZ_RUNS'] ?? 3000)
const corpus = cases(readFileSync(fileURLToPath(new URL('../cases/adql.txt', import.meta.url)), 'utf8'))
  .map((one) => one.query)
  .filter((query) => query !== '')
const pieces = [...new Set(corpus.flatMap((query) => query.match(/'[^']*'|"[^"]*"|[\w.]+|\S/g) ?? []))]

type Edit = readonly [kind: 'drop' | 'insert' | 'replace' | 'swap' | 'repeat' | 'character', place: number, piece: string]

const edits: fc.Arbitrary<readonly Edit[]> = fc.array(
  fc.tuple(
    fc.constantFrom('drop', 'insert', 'replace', 'swap', 'repeat', 'character'),
    fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...pieces) }, { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 4 }) }),
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
})
