// Where, when and at which energies the data are → vs:Coverage (VODataService 1.2 §3.2).
import type { XmlWriter } from '../xml/writer.js'
import { httpPattern, ivoidPattern } from './names.js'
import { either, type Infer, list, number, object, oneOf, text } from './shape.js'

/** Units a spectral interval may be given in → joule of one unit, and whether it is a length (order turns around). */
export const spectralUnits = {
  J: { joule: 1, isLength: false },
  eV: { joule: 1.602176634e-19, isLength: false },
  keV: { joule: 1.602176634e-16, isLength: false },
  MeV: { joule: 1.602176634e-13, isLength: false },
  GeV: { joule: 1.602176634e-10, isLength: false },
  TeV: { joule: 1.602176634e-7, isLength: false },
  Hz: { joule: 6.62607015e-34, isLength: false },
  MHz: { joule: 6.62607015e-28, isLength: false },
  GHz: { joule: 6.62607015e-25, isLength: false },
  THz: { joule: 6.62607015e-22, isLength: false },
  m: { joule: 1.986445857e-25, isLength: true },
  cm: { joule: 1.986445857e-23, isLength: true },
  mm: { joule: 1.986445857e-22, isLength: true },
  um: { joule: 1.986445857e-19, isLength: true },
  nm: { joule: 1.986445857e-16, isLength: true },
  Angstrom: { joule: 1.986445857e-15, isLength: true },
} as const

export type SpectralUnit = keyof typeof spectralUnits

/** Terms of http://www.ivoa.net/rdf/messenger, by which VODataService 1.2 §3.2 names wavebands. */
export const wavebands = [
  'Radio',
  'Millimeter',
  'Infrared',
  'Optical',
  'UV',
  'EUV',
  'X-ray',
  'Gamma-ray',
  'Photon',
  'Neutrino',
] as const

const moment = either(
  'A moment: MJD (TDB), or a day or UTC moment in ISO form.',
  number('Modified Julian Date.'),
  text('Day as 2014-07-25, or moment as 2014-07-25T10:00:00Z.', {
    pattern: '^\\d{4}-\\d\\d-\\d\\d(T\\d\\d:\\d\\d(:\\d\\d(\\.\\d+)?)?Z?)?$',
  }),
)

// Neither zero nor endless: a wavelength of 0 would be an endless energy, which VODataService cannot write.
const positivePair = list('From and to.', number('A bound, above zero.', { minimum: 1e-30, maximum: 1e30 }), {
  minItems: 2,
  maxItems: 2,
})
const pair = list('From and to.', number('A bound.', { minimum: 0 }), { minItems: 2, maxItems: 2 })

export const coverageShape = object(
  'Where, when and at which energies.',
  {},
  {
    spatial: text('Region as ASCII MOC in ICRS, as 4/30 33 5/200-210. Order 6 is a good choice.'),
    spatialFrame: text('Frame of the region where it is not the celestial one, as the name of a planet.'),
    stc: text('stc:STCResourceProfile as XML, as old records have it; what clients search by are the other keys.'),
    temporal: list(
      'Time intervals.',
      list('From and to; a last day counts to its end.', moment, { minItems: 2, maxItems: 2 }),
    ),
    spectral: either(
      'Energy intervals.',
      list('In joule.', pair),
      object(
        'In another unit.',
        {
          unit: oneOf('Unit of the bounds.', Object.keys(spectralUnits) as readonly SpectralUnit[]),
          intervals: list('Intervals in that unit.', positivePair, { minItems: 1 }),
        },
        {},
      ),
    ),
    wavebands: list('Bands, for searches by word.', oneOf('A band or messenger.', wavebands)),
    regionOfRegardDeg: number('Size that a position stands for, in degrees.', { minimum: 0 }),
    footprint: either(
      'Address of the exact region.',
      text('Address.', { pattern: httpPattern }),
      object(
        'Address with the kind of answer.',
        { url: text('Address.', { pattern: httpPattern }) },
        { ivoid: text('Kind of answer; ivo://ivoa.net/std/moc for a MOC.', { pattern: ivoidPattern }) },
      ),
    ),
  },
)

export type Coverage = Infer<typeof coverageShape>

/** A pair of numbers. */
export type Interval = readonly [number, number]

/** Writes `coverage`; nothing when there is none. */
export function writeCoverage(coverage: Coverage | undefined, xml: XmlWriter): void {
  if (coverage === undefined || Object.keys(coverage).length === 0) return
  xml.element('coverage', {}, () => {
    if (coverage.stc !== undefined) xml.fragment(coverage.stc)
    xml.token('spatial', coverage.spatial, { frame: coverage.spatialFrame })
    for (const interval of temporalIntervals(coverage)) xml.token('temporal', interval.join(' '))
    for (const interval of spectralIntervals(coverage)) xml.token('spectral', interval.join(' '))
    const { footprint } = coverage
    if (typeof footprint === 'string') xml.token('footprint', footprint)
    else xml.token('footprint', footprint?.url, { 'ivo-id': footprint?.ivoid })
    xml.tokens('waveband', coverage.wavebands)
    xml.token('regionOfRegard', coverage.regionOfRegardDeg)
  })
}

/** Time intervals in MJD. ISO moments are UTC; the 69 s to TDB are less than a search by day can see. */
export function temporalIntervals(coverage: Coverage): readonly Interval[] {
  return (coverage.temporal ?? []).map(([from = Number.NaN, to = Number.NaN]) => [
    modifiedJulianDate(from, 'start'),
    modifiedJulianDate(to, 'end'),
  ])
}

/** Energy intervals in joule, the lower bound first. */
export function spectralIntervals(coverage: Coverage): readonly Interval[] {
  const { spectral } = coverage
  if (spectral === undefined) return []
  if (!('unit' in spectral)) return spectral.map(([low = Number.NaN, high = Number.NaN]) => [low, high])
  const { joule, isLength } = spectralUnits[spectral.unit]
  return spectral.intervals.map(([low = Number.NaN, high = Number.NaN]) =>
    isLength ? [tidy(joule / high), tidy(joule / low)] : [tidy(low * joule), tidy(high * joule)],
  )
}

/** A moment in MJD; not a number when it is no real day. */
export function modifiedJulianDate(moment: number | string, edge: 'start' | 'end'): number {
  if (typeof moment === 'number') return moment
  const isDay = moment.length === 10
  const milliseconds = Date.parse(isDay || moment.endsWith('Z') ? moment : `${moment}Z`)
  const realDay = !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString().startsWith(moment.slice(0, 10))
  // MJD 40587 is 1970-01-01.
  return realDay ? tidy(milliseconds / 86_400_000 + 40_587 + (isDay && edge === 'end' ? 1 : 0)) : Number.NaN
}

/** Without the noise of binary arithmetic in the last digits. */
function tidy(value: number): number {
  return Number(value.toPrecision(11))
}
