// vs:Coverage → the coverage of a descriptor, in the units and dates that people would have written.
import { modifiedJulianDate, type SpectralUnit, spectralIntervals, spectralUnits } from '../voresource/coverage.js'
import { fragmentText } from '../xml/fragment-text.js'
import { attributeOf, childElements, firstChild, textOf, type XmlElement } from '../xml/reader.js'
import { compact, type Properties, token, tokens } from './read-names.js'

type Pair = readonly [number, number]

/** Where, when and at which energies; undefined when nothing of it is said. */
export function readCoverage(coverage: XmlElement | undefined): Properties | undefined {
  if (coverage === undefined) return undefined
  const spatial = firstChild(coverage, 'spatial')
  const stc = firstChild(coverage, 'STCResourceProfile')
  const region = tokens(coverage, 'regionOfRegard')[0]
  return compact({
    stc: stc === undefined ? undefined : `${fragmentText(stc)}\n`,
    spatial: spatial === undefined || token(spatial) === '' ? undefined : token(spatial),
    spatialFrame: spatial === undefined ? undefined : attributeOf(spatial, 'frame'),
    temporal: pairs(coverage, 'temporal').map(temporalInterval),
    spectral: spectralCoverage(pairs(coverage, 'spectral')),
    footprint: readFootprint(firstChild(coverage, 'footprint')),
    wavebands: tokens(coverage, 'waveband'),
    regionOfRegardDeg: region === undefined || Number.isNaN(Number(region)) ? undefined : Number(region),
  })
}

function readFootprint(footprint: XmlElement | undefined): string | Properties | undefined {
  if (footprint === undefined || token(footprint) === '') return undefined
  const ivoid = attributeOf(footprint, 'ivo-id')
  return ivoid === undefined ? token(footprint) : { url: token(footprint), ivoid }
}

function pairs(coverage: XmlElement, name: string): readonly Pair[] {
  return childElements(coverage, name).flatMap((element): Pair[] => {
    const [low, high, ...rest] = textOf(element).trim().split(/\s+/).map(Number)
    const isPair = low !== undefined && high !== undefined && rest.length === 0
    return isPair && Number.isFinite(low) && Number.isFinite(high) ? [[low, high]] : []
  })
}

/** Whole days as dates, anything else in MJD. The last day of an interval counts to its end. */
export function temporalInterval([from, to]: Pair): readonly [number | string, number | string] {
  const [first, last] = [dateOf(from), dateOf(to - 1)]
  const isSame =
    first !== undefined &&
    last !== undefined &&
    modifiedJulianDate(first, 'start') === from &&
    modifiedJulianDate(last, 'end') === to
  return isSame ? [first, last] : [from, to]
}

/** MJD 40587 is 1970-01-01; undefined for parts of a day and what lies far outside of history. */
function dateOf(mjd: number): string | undefined {
  if (!Number.isInteger(mjd) || Math.abs(mjd) > 200_000) return undefined
  return new Date((mjd - 40_587) * 86_400_000).toISOString().slice(0, 10)
}

/** Intervals in joule → in the unit that says them in the fewest digits and still means exactly the same numbers. */
export function spectralCoverage(joule: readonly Pair[]): Properties | readonly Pair[] | undefined {
  if (joule.length === 0) return undefined
  let best: Properties | readonly Pair[] = joule
  let shortest = digits(joule)
  for (const unit of Object.keys(spectralUnits) as readonly SpectralUnit[]) {
    const intervals = joule.map((pair) => inUnit(pair, unit))
    const isSame = spectralIntervals({ spectral: { unit, intervals } }).every(
      ([low, high], index) => low === joule[index]?.[0] && high === joule[index]?.[1],
    )
    if (unit === 'J' || !isSame || digits(intervals) >= shortest) continue
    best = { unit, intervals }
    shortest = digits(intervals)
  }
  return best
}

function inUnit([low, high]: Pair, unit: SpectralUnit): Pair {
  const { joule, isLength } = spectralUnits[unit]
  const round = (value: number) => Number(value.toPrecision(8))
  return isLength ? [round(joule / high), round(joule / low)] : [round(low / joule), round(high / joule)]
}

function digits(intervals: readonly Pair[]): number {
  return intervals.flat().join('').length
}
