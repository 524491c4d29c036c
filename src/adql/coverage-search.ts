// CONTAINS and INTERSECTS with rr.stc_spatial.coverage → candidates from a table of cells, then exact ranges for these.
//
// x.moc_cell(cell, ivoid): cells of order 6 that a coverage touches. x.moc_range(ivoid, low, high): the coverage exactly,
// as disjoint ranges of cells of order 29. Both are nested HEALPix numbers. The shape of the query becomes ranges when it
// is translated, so that engines compare integers only (ARCHITECTURE 8.1, rule 8).
import { identifier, joinSql, type Sql, sql } from '../core/sql.js'
import { cellsOf, finestOrder, type Ranges, totalOf } from './sky-cells.js'

const cellOrder = 6
/** Cells that a resource must have to be looked at; more of them would cost more than they save. */
const sampleSize = 64

const cellTable = sql`${identifier('x')}.${identifier('moc_cell')}`
const rangeTable = sql`${identifier('x')}.${identifier('moc_range')}`
const overlap = sql`m."low" < s."high" AND m."high" > s."low"`
const overlapLength = sql`(LEAST(m."high", s."high") - GREATEST(m."low", s."low"))`

/** Is the whole shape within the coverage? */
export function coverageContains(ivoid: Sql, shape: Ranges): Sql {
  const [first] = shape
  if (first === undefined) return sql`FALSE`
  const cells = [...cellsOf(shape, cellOrder).keys()]
  const step = Math.max(1, Math.floor(cells.length / sampleSize))
  const sample = cells.filter((_, index) => index % step === 0).slice(0, sampleSize)
  const all = sample.length === 1 ? sql`` : sql` GROUP BY c."ivoid" HAVING count(*) >= ${sample.length}`
  const candidates = sql`SELECT c."ivoid" FROM ${cellTable} AS c WHERE ${inCells(sample)}${all}`
  if (shape.length === 1)
    return sql`(${ivoid} IN (SELECT m."ivoid" FROM ${rangeTable} AS m WHERE m."low" <= ${first[0]} AND m."high" >= ${first[1]} AND m."ivoid" IN (${candidates})))`
  return sql`(${ivoid} IN (SELECT m."ivoid" FROM ${rangeTable} AS m INNER JOIN ${rows(shape)} ON ${overlap} WHERE m."ivoid" IN (${candidates}) GROUP BY m."ivoid" HAVING sum(${overlapLength}) >= ${totalOf(shape)}))`
}

/** Is the whole coverage within the shape? */
export function coverageWithin(ivoid: Sql, shape: Ranges): Sql {
  if (shape.length === 0) return sql`FALSE`
  const cells = cellsOf(shape, cellOrder)
  const inside = sql`SELECT c."ivoid" FROM ${cellTable} AS c GROUP BY c."ivoid" HAVING min(CASE WHEN ${inCells([...cells.keys()])} THEN 1 ELSE 0 END) = 1`
  // Cells of order 6 say all when the shape is made of such.
  if ([...cells.values()].every((part) => part === 'whole')) return sql`(${ivoid} IN (${inside}))`
  const own = sql`SELECT m."ivoid", sum(m."high" - m."low") AS "total" FROM ${rangeTable} AS m WHERE m."ivoid" IN (${inside}) GROUP BY m."ivoid"`
  const common = sql`SELECT m."ivoid", sum(${overlapLength}) AS "total" FROM ${rangeTable} AS m INNER JOIN ${rows(shape)} ON ${overlap} WHERE m."ivoid" IN (${inside}) GROUP BY m."ivoid"`
  return sql`(${ivoid} IN (SELECT a."ivoid" FROM (${own}) AS a INNER JOIN (${common}) AS b ON a."ivoid" = b."ivoid" WHERE b."total" >= a."total"))`
}

/** Have shape and coverage a point in common? */
export function coverageIntersects(ivoid: Sql, shape: Ranges): Sql {
  const cells = cellsOf(shape, cellOrder)
  const whole = [...cells].filter(([, part]) => part === 'whole').map(([cell]) => cell)
  const found: Sql[] = []
  // Whatever touches a cell that is all in the shape meets the shape.
  if (whole.length > 0) found.push(sql`SELECT c."ivoid" FROM ${cellTable} AS c WHERE ${inCells(whole)}`)
  const parts = splitAtCells(shape).filter(({ cell }) => cells.get(cell) === 'part')
  if (parts.length > 0) {
    const values = joinSql(parts.map(({ cell, low, high }) => sql`(${cell}, ${low}, ${high})`))
    found.push(
      sql`SELECT c."ivoid" FROM ${cellTable} AS c INNER JOIN (VALUES ${values}) AS s("cell", "low", "high") ON s."cell" = c."cell" INNER JOIN ${rangeTable} AS m ON m."ivoid" = c."ivoid" AND ${overlap}`,
    )
  }
  return found.length === 0 ? sql`FALSE` : sql`(${ivoid} IN (${joinSql(found, ' UNION ALL ')}))`
}

/** Ranges as a table of the query. */
function rows(shape: Ranges): Sql {
  return sql`(VALUES ${joinSql(shape.map(([low, high]) => sql`(${low}, ${high})`))}) AS s("low", "high")`
}

/** Few ranges are compared as such, many cells looked up in a list. */
function inCells(cells: readonly number[]): Sql {
  const runs: { first: number; last: number }[] = []
  for (const cell of [...cells].sort((one, other) => one - other)) {
    const run = runs.at(-1)
    if (run && cell === run.last + 1) run.last = cell
    else runs.push({ first: cell, last: cell })
  }
  if (runs.length > 16) return sql`c."cell" IN (${joinSql(cells.map((cell) => sql`${cell}`))})`
  return sql`(${joinSql(
    runs.map(({ first, last }) =>
      first === last ? sql`c."cell" = ${first}` : sql`c."cell" BETWEEN ${first} AND ${last}`,
    ),
    ' OR ',
  )})`
}

/** Ranges cut at the borders of cells of order 6. */
function splitAtCells(
  shape: Ranges,
): readonly { readonly cell: number; readonly low: bigint; readonly high: bigint }[] {
  const shift = BigInt(2 * (finestOrder - cellOrder))
  const split = []
  for (const [low, high] of shape)
    for (let cell = low >> shift; cell << shift < high; cell++) {
      const [start, end] = [cell << shift, (cell + 1n) << shift]
      split.push({ cell: Number(cell), low: low > start ? low : start, high: high < end ? high : end })
    }
  return split
}
