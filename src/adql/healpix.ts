// HEALPix cells, nested numbering (Górski et al. 2005, §4 and §5.3) → SQL that both engines compute: the cell of a
// position, and the centre of a cell. Shapes in a query become cells when it is translated (sky-cells.ts).
import { identifier, type Sql, sql } from '../core/sql.js'
import { type Dialect, spell } from './dialect.js'

/** The finest order whose cells have numbers of 64 bits. */
const finestOrder = 29

const double = (value: number): Sql => sql`CAST(${value} AS DOUBLE PRECISION)`
const floor = (value: Sql): Sql => sql`CAST(floor(${value}) AS BIGINT)`

/** Cells along the side of one of the twelve faces; NULL for an order that there is not. */
function sideCells(order: Sql): Sql {
  return sql`CAST(power(2, CASE WHEN ${order} BETWEEN 0 AND ${finestOrder} THEN ${order} END) AS BIGINT)`
}

// Names of values, in three steps of a computation; each step knows the one before.
const given = sql`hpx_given`
const place = sql`hpx_place`
const cell = sql`hpx_cell`

/**
 * The number of the cell of an order (0 to 29) that holds a position in degrees. `order` is a whole number,
 * `longitude` any number, `latitude` within -90 to 90; NULL where one of them is NULL or beyond its limits.
 */
export function healpixIndex(dialect: Dialect, order: Sql, longitude: Sql, latitude: Sql): Sql {
  return dialect.bound(
    given,
    {
      n: sideCells(order),
      latitude: sql`CAST(${latitude} AS DOUBLE PRECISION)`,
      turns: sql`CAST(${longitude} AS DOUBLE PRECISION) / 360`,
    },
    dialect.bound(
      place,
      {
        n: sql`${given}.n`,
        z: sql`sin(radians(CASE WHEN ${given}.latitude BETWEEN -90 AND 90 THEN ${given}.latitude END))`,
        // Quarter turns, from 0 to 4.
        quarters: sql`4 * (${given}.turns - floor(${given}.turns))`,
        // The distance from the nearer pole in cells. Written with the half angle, so that it keeps its digits.
        from_pole: sql`${given}.n * sqrt(${double(6)}) * sin(radians((90 - abs(${given}.latitude)) / 2))`,
      },
      dialect.bound(cell, cellValues(), cellNumber(dialect)),
    ),
  )
}

/** Lines that rise and lines that fall towards the east number the cells: around the equator, and around the poles. */
function cellValues(): Readonly<Record<string, Sql>> {
  const { n, z, quarters, from_pole } = columns(place, ['n', 'z', 'quarters', 'from_pole'])
  const quarter = sql`LEAST(3, ${floor(quarters)})`
  return {
    n,
    is_equatorial: sql`abs(${z}) <= 2 / ${double(3)}`,
    is_north: sql`${z} > 0`,
    rising: floor(sql`${n} * (0.5 + ${quarters} - 0.75 * ${z})`),
    falling: floor(sql`${n} * (0.5 + ${quarters} + 0.75 * ${z})`),
    quarter,
    rising_polar: sql`LEAST(${n} - 1, ${floor(sql`(${quarters} - ${quarter}) * ${from_pole}`)})`,
    falling_polar: sql`LEAST(${n} - 1, ${floor(sql`(1 - (${quarters} - ${quarter})) * ${from_pole}`)})`,
  }
}

function cellNumber(dialect: Dialect): Sql {
  const { n, is_equatorial, is_north, rising, falling, quarter, rising_polar, falling_polar } = columns(cell, [
    'n',
    'is_equatorial',
    'is_north',
    'rising',
    'falling',
    'quarter',
    'rising_polar',
    'falling_polar',
  ])
  const byPlace = (equatorial: Sql, north: Sql, south: Sql): Sql =>
    sql`CASE WHEN ${is_equatorial} THEN ${equatorial} WHEN ${is_north} THEN ${north} ELSE ${south} END`
  const equatorialFace = sql`CASE WHEN ${rising} / ${n} = ${falling} / ${n} THEN (${rising} / ${n}) % 4 + 4 WHEN ${rising} / ${n} < ${falling} / ${n} THEN ${rising} / ${n} ELSE ${falling} / ${n} + 8 END`
  const face = byPlace(equatorialFace, quarter, sql`${quarter} + 8`)
  const x = byPlace(sql`${falling} % ${n}`, sql`${n} - 1 - ${falling_polar}`, rising_polar)
  const y = byPlace(sql`${n} - 1 - ${rising} % ${n}`, sql`${n} - 1 - ${rising_polar}`, falling_polar)
  // LEAST passes over NULL, so a longitude that is missing is looked for.
  return sql`CASE WHEN ${rising} IS NOT NULL THEN (${face}) * ${n} * ${n} + ${spell(dialect, 'spread_bits', [x])} + 2 * ${spell(dialect, 'spread_bits', [y])} END`
}

/**
 * The centre of a cell in degrees. `order` and `index` are whole numbers; NULL where there is no such cell. The rows
 * of cells are counted from the north pole.
 */
export function healpixCenter(
  dialect: Dialect,
  order: Sql,
  index: Sql,
): { readonly longitude: Sql; readonly latitude: Sql } {
  const { n, index: number, face, x, y } = columns(place, ['n', 'index', 'face', 'x', 'y'])
  const { row, in_row, offset } = columns(cell, ['row', 'in_row', 'offset'])
  const side = sql`${cell}.n`
  // The southernmost corners of the faces lie on rows 2, 3 and 4 sides from the north pole.
  const rowNumber = sql`((${face} / 4 + 2) * ${n} - ${x} - ${y} - 1)`
  const centre = (coordinate: Sql): Sql =>
    dialect.bound(
      given,
      {
        n: sideCells(order),
        index: sql`CAST(${index} AS BIGINT)`,
      },
      dialect.bound(
        place,
        {
          n: sql`${given}.n`,
          index: sql`CASE WHEN ${given}.index BETWEEN 0 AND 12 * ${given}.n * ${given}.n - 1 THEN ${given}.index END`,
          face: sql`${given}.index / (${given}.n * ${given}.n)`,
          x: spell(dialect, 'gather_bits', [sql`(${given}.index % (${given}.n * ${given}.n))`]),
          y: spell(dialect, 'gather_bits', [sql`((${given}.index % (${given}.n * ${given}.n)) / 2)`]),
        },
        dialect.bound(
          cell,
          {
            n,
            row: sql`CASE WHEN ${number} IS NOT NULL THEN ${rowNumber} END`,
            // Their longitudes, in eighths of a turn, and how far the cell is east of that, in halves of cells.
            eighths: sql`CASE WHEN ${face} BETWEEN 4 AND 7 THEN 2 * (${face} % 4) ELSE 2 * (${face} % 4) + 1 END`,
            offset: sql`${x} - ${y}`,
            // A quarter of the row has so many cells.
            in_row: sql`LEAST(${rowNumber}, 4 * ${n} - ${rowNumber}, ${n})`,
          },
          sql`CASE WHEN ${row} IS NOT NULL THEN ${coordinate} END`,
        ),
      ),
    )
  const halves = sql`((${cell}.eighths * ${in_row} + ${offset} + 8 * ${in_row}) % (8 * ${in_row}))`
  const polar = sql`(90 - 2 * degrees(asin(${in_row} / (${side} * sqrt(${double(6)})))))`
  const equatorial = sql`degrees(asin((2 * ${side} - ${row}) * 2 / (3 * CAST(${side} AS DOUBLE PRECISION))))`
  return {
    longitude: centre(sql`${halves} * ${double(45)} / ${in_row}`),
    latitude: centre(
      sql`CASE WHEN ${row} < ${side} THEN ${polar} WHEN ${row} > 3 * ${side} THEN - ${polar} ELSE ${equatorial} END`,
    ),
  }
}

/** References to named values, for use in templates. */
function columns<Name extends string>(of: Sql, names: readonly Name[]): Readonly<Record<Name, Sql>> {
  return Object.fromEntries(names.map((name) => [name, sql`${of}.${identifier(name)}`])) as Record<Name, Sql>
}
