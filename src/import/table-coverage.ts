// The rows of a table, as they pass → their number, and the coverage that its columns tell: sky, time, energy.
import type { Value } from '../core/sql.js'
import type { ColumnDescription } from '../tables/metadata.js'
import { modifiedJulianDate } from '../voresource/coverage.js'
import {
  type PositionColumns,
  positionColumns,
  type SpectralColumn,
  spectralColumns,
  type TimeColumn,
  timeColumns,
  wavebandsOf,
} from './column-roles.js'
import { temporalInterval } from './read-coverage.js'
import { SkyCollector } from './sky-collector.js'

/** What a table covers, as a descriptor says it, and where it was read from. */
export interface TableCoverage {
  readonly coverage: Readonly<Record<string, unknown>> | undefined
  readonly notes: readonly string[]
}

/** Least and greatest value. */
class Extent {
  low = Number.POSITIVE_INFINITY
  high = Number.NEGATIVE_INFINITY

  see(value: number): void {
    if (value < this.low) this.low = value
    if (value > this.high) this.high = value
  }

  get isEmpty(): boolean {
    return this.low > this.high
  }
}

/** Looks at every row once. */
export class CoverageCollector {
  readonly #sky = new SkyCollector()
  readonly #position: PositionColumns | undefined
  readonly #times: readonly (TimeColumn & { readonly extent: Extent })[]
  readonly #spectral: readonly (SpectralColumn & { readonly extent: Extent })[]
  #rows = 0

  constructor(readonly columns: readonly ColumnDescription[]) {
    this.#position = positionColumns(columns)
    this.#times = timeColumns(columns).map((one) => ({ ...one, extent: new Extent() }))
    this.#spectral = spectralColumns(columns).map((one) => ({ ...one, extent: new Extent() }))
  }

  get rows(): number {
    return this.#rows
  }

  see(row: readonly (Value | undefined)[]): void {
    this.#rows += 1
    const position = this.#position
    if (position !== undefined)
      this.#sky.add(
        numberOf(row[position.longitude]) * position.longitudeDegrees,
        numberOf(row[position.latitude]) * position.latitudeDegrees,
      )
    for (const { index, form, extent } of this.#times) {
      const value = form === 'iso' ? momentOf(row[index]) : numberOf(row[index])
      if (Number.isFinite(value)) extent.see(value)
    }
    for (const { index, extent } of this.#spectral) {
      const value = numberOf(row[index])
      if (Number.isFinite(value) && value > 0) extent.see(value)
    }
  }

  /** What has been seen. */
  finish(): TableCoverage {
    const notes: string[] = []
    const coverage = {
      ...this.#spatial(notes),
      ...this.#temporal(notes),
      ...this.#energies(notes),
      ...this.#wavebands(),
    }
    return { coverage: Object.keys(coverage).length === 0 ? undefined : coverage, notes }
  }

  #spatial(notes: string[]) {
    const position = this.#position
    const moc = this.#sky.finish()
    if (position === undefined || moc === undefined) return {}
    notes.push(
      `coverage.spatial: a MOC of order ${moc.order} of ${this.#sky.count.toLocaleString('en')} positions in ${this.#name(position.longitude)} and ${this.#name(position.latitude)}, taken for ICRS.`,
    )
    return { spatial: moc.text }
  }

  #temporal(notes: string[]) {
    const whole = new Extent()
    const names: string[] = []
    for (const { index, form, extent } of this.#times) {
      if (extent.isEmpty) continue
      const toMjd = conversionFor(form, extent)
      if (toMjd === undefined) continue
      whole.see(toMjd(extent.low))
      whole.see(toMjd(extent.high))
      names.push(this.#name(index))
    }
    if (whole.isEmpty) return {}
    notes.push(`coverage.temporal: from the first to the last day in ${names.join(', ')}.`)
    // Whole days, the last one to its end.
    const last = Math.ceil(whole.high)
    const first = Math.floor(whole.low)
    return { temporal: [temporalInterval([first, last > first ? last : first + 1])] }
  }

  #energies(notes: string[]) {
    const seen = this.#spectral.filter(({ extent }) => !extent.isEmpty)
    const [first] = seen
    if (first === undefined) return {}
    // One interval has one unit: what is in another unit than the first column stays for the person who reads the note.
    const same = seen.filter(({ unit }) => unit === first.unit)
    const whole = new Extent()
    for (const { extent } of same) {
      whole.see(extent.low)
      whole.see(extent.high)
    }
    const names = same.map(({ index }) => this.#name(index)).join(', ')
    const others = seen.filter(({ unit }) => unit !== first.unit).map(({ index }) => this.#name(index))
    notes.push(
      `coverage.spectral: from the least to the greatest value in ${names}${others.length === 0 ? '' : `; ${others.join(', ')} not looked at`}.`,
    )
    return { spectral: { unit: first.unit, intervals: [[tidy(whole.low, 'down'), tidy(whole.high, 'up')]] } }
  }

  #wavebands() {
    const wavebands = wavebandsOf(this.columns)
    return wavebands.length === 0 ? {} : { wavebands }
  }

  #name(index: number): string {
    return this.columns[index]?.name ?? ''
  }
}

/** How values become MJD: as the column says, else by the only reading that gives a year people live in. */
function conversionFor(form: TimeColumn['form'], extent: Extent): ((value: number) => number) | undefined {
  if (form === 'mjd' || form === 'iso') return (value) => value
  if (form === 'jd' || (form === undefined && extent.low > 2_300_000 && extent.high < 2_600_000))
    return (value) => value - 2_400_000.5
  // Julian epochs: J2000.0 is MJD 51544.5.
  if (form === 'year' || (form === undefined && extent.low > 1_600 && extent.high < 2_200))
    return (value) => (value - 2000) * 365.25 + 51_544.5
  return form === undefined && extent.low > 5_000 && extent.high < 120_000 ? (value) => value : undefined
}

function numberOf(value: Value | undefined): number {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN
}

/** An ISO time in MJD; not a number for any other text. */
function momentOf(value: Value | undefined): number {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d*)?)?Z?)?$/.test(value))
    return Number.NaN
  return modifiedJulianDate(value.replace(' ', 'T'), 'start')
}

/** Six digits are enough for a search; rounded so that the interval gets no narrower. */
function tidy(value: number, edge: 'down' | 'up'): number {
  const rounded = Number(value.toPrecision(6))
  const isNarrower = edge === 'down' ? rounded > value : rounded < value
  if (!isNarrower) return rounded
  const step = 10 ** (Math.floor(Math.log10(value)) - 5)
  return Number((edge === 'down' ? rounded - step : rounded + step).toPrecision(6))
}
