// CONTAINS and INTERSECTS with rr.stc_spatial.coverage → a search in the pieces of coverages, cell by cell.
//
// x.moc_cell(cell, low, high, ivoid): a coverage cut at the borders of the cells of order 6; low and high are a range of
// cells of order 29 within the cell, both NULL where the coverage has all of it. All are nested HEALPix numbers. The shape
// of the query is cut the same way when it is translated, so that engines compare integers only, and only within a cell
// (ARCHITECTURE 8.1, rule 8). The column that names the resource is `ivoid`, or its twin, which both tables have.

import { cellPieces, cellSize, type Ranges } from '../core/sky-ranges.js'
import { identifier, joinSql, type Sql, sql } from '../core/sql.js'
import type { SourceColumn } from './resolved.js'
import { totalOf } from './sky-cells.js'
import { columnSql } from './translate-expressions.js'

/** Cells that a resource must have to be looked at; more of them would cost more than they save. */
const sampleSize = 64
/** Engines skip what a list of cells excludes; of ranges joined by OR they do not see it. */
const longestCellList = 2000

const cellTable = sql`${identifier('x')}.${identifier('moc_cell')} AS c`
const pieceLength = sql`COALESCE(c."high" - c."low", ${cellSize})`
const commonLength = sql`CASE WHEN c."low" IS NULL THEN s."high" - s."low" ELSE GREATEST(0, LEAST(c."high", s."high") - GREATEST(c."low", s."low")) END`

interface Piece {
  readonly cell: number
  readonly low: bigint
  readonly high: bigint
}

/** A shape as the cells that it has whole, and its pieces of others. */
interface CutShape {
  readonly whole: readonly number[]
  readonly pieces: readonly Piece[]
}

/** Is the whole shape within the coverage? */
export function coverageContains(resource: SourceColumn, shape: Ranges): Sql {
  const name = identifier(resource.sqlName)
  if (shape.length === 0) return sql`FALSE`
  const { whole, pieces } = cut(shape)
  const [piece, ...others] = pieces
  // What coverages have of a cell does not touch itself, so a range within a cell is in one of theirs or not at all.
  if (piece !== undefined && others.length === 0 && whole.length === 0)
    return sql`(${columnSql(resource)} IN (SELECT c.${name} FROM ${cellTable} WHERE c."cell" = ${piece.cell} AND (c."low" IS NULL OR (c."low" <= ${piece.low} AND c."high" >= ${piece.high}))))`
  const found: Sql[] = []
  if (whole.length > 0)
    found.push(sql`SELECT c.${name}, ${pieceLength} AS "common" FROM ${cellTable} WHERE ${inCells(whole)}`)
  if (pieces.length > 0) found.push(sql`SELECT c.${name}, ${commonLength} AS "common" FROM ${joinedPieces(pieces)}`)
  const candidates = narrowed([...whole, ...new Set(pieces.map(({ cell }) => cell))], name)
  return sql`(${columnSql(resource)} IN (SELECT f.${name} FROM (${joinSql(found, ' UNION ALL ')}) AS f${candidates} GROUP BY f.${name} HAVING sum(f."common") >= ${totalOf(shape)}))`
}

/** Of a shape with many cells: only coverages that have a sample of them. */
function narrowed(cells: readonly number[], name: Sql): Sql {
  if (cells.length <= sampleSize) return sql``
  const step = Math.floor(cells.length / sampleSize)
  const sample = cells.filter((_, index) => index % step === 0).slice(0, sampleSize)
  return sql` WHERE f.${name} IN (SELECT c.${name} FROM ${cellTable} WHERE ${inCells(sample)} GROUP BY c.${name} HAVING count(DISTINCT c."cell") >= ${sample.length})`
}

/** Is the whole coverage within the shape? */
export function coverageWithin(resource: SourceColumn, shape: Ranges): Sql {
  const name = identifier(resource.sqlName)
  if (shape.length === 0) return sql`FALSE`
  const { whole, pieces } = cut(shape)
  if (pieces.length === 0)
    return sql`(${columnSql(resource)} IN (SELECT c.${name} FROM ${cellTable} GROUP BY c.${name} HAVING min(CASE WHEN ${inCells(whole)} THEN 1 ELSE 0 END) = 1))`
  const inWhole = whole.length === 0 ? sql`0` : sql`CASE WHEN ${inCells(whole)} THEN ${pieceLength} ELSE 0 END`
  const own = sql`SELECT c.${name}, ${pieceLength} AS "own", ${inWhole} AS "common" FROM ${cellTable}`
  const common = sql`SELECT c.${name}, 0 AS "own", ${commonLength} AS "common" FROM ${joinedPieces(pieces)}`
  return sql`(${columnSql(resource)} IN (SELECT f.${name} FROM (${own} UNION ALL ${common}) AS f GROUP BY f.${name} HAVING sum(f."common") >= sum(f."own")))`
}

/** Have shape and coverage a point in common? */
export function coverageIntersects(resource: SourceColumn, shape: Ranges): Sql {
  const name = identifier(resource.sqlName)
  const { whole, pieces } = cut(shape)
  const found: Sql[] = []
  // Whatever touches a cell that is all in the shape meets the shape.
  if (whole.length > 0) found.push(sql`SELECT c.${name} FROM ${cellTable} WHERE ${inCells(whole)}`)
  if (pieces.length > 0)
    found.push(
      sql`SELECT c.${name} FROM ${joinedPieces(pieces)} AND (c."low" IS NULL OR (c."low" < s."high" AND c."high" > s."low"))`,
    )
  return found.length === 0 ? sql`FALSE` : sql`(${columnSql(resource)} IN (${joinSql(found, ' UNION ALL ')}))`
}

/** The pieces of coverages (c) in the cells of pieces of the shape (s), up to the end of WHERE. */
function joinedPieces(pieces: readonly Piece[]): Sql {
  const values = joinSql(pieces.map(({ cell, low, high }) => sql`(${cell}, ${low}, ${high})`))
  const cells = inCells([...new Set(pieces.map(({ cell }) => cell))])
  return sql`${cellTable} INNER JOIN (VALUES ${values}) AS s("cell", "low", "high") ON s."cell" = c."cell" WHERE ${cells}`
}

function inCells(cells: readonly number[]): Sql {
  const [first] = cells
  if (cells.length === 1 && first !== undefined) return sql`c."cell" = ${first}`
  if (cells.length <= longestCellList) return sql`c."cell" IN (${joinSql(cells.map((cell) => sql`${cell}`))})`
  return sql`(${joinSql(
    runsOf(cells).map(([low, high]) => sql`c."cell" BETWEEN ${low} AND ${high}`),
    ' OR ',
  )})`
}

/** Neighbours put together; both ends included. */
function runsOf(cells: readonly number[]): readonly (readonly [number, number])[] {
  const runs: [number, number][] = []
  for (const cell of [...cells].sort((one, other) => one - other)) {
    const run = runs.at(-1)
    if (run && cell === run[1] + 1) run[1] = cell
    else runs.push([cell, cell])
  }
  return runs
}

function cut(shape: Ranges): CutShape {
  const whole: number[] = []
  const pieces: Piece[] = []
  for (const { cell, range } of cellPieces(shape)) {
    if (range === null) whole.push(cell)
    else pieces.push({ cell, low: range[0], high: range[1] })
  }
  return { whole, pieces }
}
