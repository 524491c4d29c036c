// Columns of a table → which of them hold positions, times and spectral coordinates: by their UCDs, else by the names
// that catalogs usually have for them.

import type { ColumnDescription } from '../tables/metadata.js'
import type { SpectralUnit } from '../voresource/coverage.js'
import { spectralUnits } from '../voresource/coverage.js'

/** Which columns tell where the rows lie on the sky. */
export interface PositionColumns {
  readonly longitude: number
  readonly latitude: number
  /** Degrees in one unit of the column. */
  readonly longitudeDegrees: number
  readonly latitudeDegrees: number
}

/** A column of times, and how its values are to be taken. */
export interface TimeColumn {
  readonly index: number
  /** What the description says; undefined when only the values can tell. */
  readonly form: 'mjd' | 'jd' | 'year' | 'iso' | undefined
}

/** A column of wavelengths, frequencies or energies. */
export interface SpectralColumn {
  readonly index: number
  readonly unit: SpectralUnit
}

/** Usual names of ICRS or J2000 positions in degrees, in lower case. */
const pairs: readonly (readonly [string, string])[] = [
  ['ra', 'dec'],
  ['ra', 'de'],
  ['raj2000', 'dej2000'],
  ['raj2000', 'decj2000'],
  ['_raj2000', '_dej2000'],
  ['ra_j2000', 'dec_j2000'],
  ['ra_icrs', 'de_icrs'],
  ['ra_icrs', 'dec_icrs'],
  ['_ra.icrs', '_de.icrs'],
  ['s_ra', 's_dec'],
  ['ra_deg', 'dec_deg'],
  ['radeg', 'decdeg'],
  ['radeg', 'dedeg'],
  ['ramean', 'decmean'],
  ['alpha_j2000', 'delta_j2000'],
  ['right_ascension', 'declination'],
]

/** The best pair of columns with a position; undefined when there is none. */
export function positionColumns(columns: readonly ColumnDescription[]): PositionColumns | undefined {
  const byUcd = (ucd: RegExp) => columns.findIndex((one) => isNumber(one) && ucd.test(one.ucd ?? ''))
  const byName = (name: string) => columns.findIndex((one) => isNumber(one) && one.name.toLowerCase() === name)
  const candidates = [
    [byUcd(/^pos\.eq\.ra;(?:.*;)?meta\.main$/i), byUcd(/^pos\.eq\.dec;(?:.*;)?meta\.main$/i)],
    [byUcd(/^pos_eq_ra_main$/i), byUcd(/^pos_eq_dec_main$/i)],
    [byUcd(/^pos\.eq\.ra$/i), byUcd(/^pos\.eq\.dec$/i)],
    ...pairs.map(([longitude, latitude]) => [byName(longitude), byName(latitude)]),
  ]
  for (const [longitude = -1, latitude = -1] of candidates) {
    if (longitude < 0 || latitude < 0) continue
    const longitudeDegrees = degreesOf(columns[longitude]?.unit, true)
    const latitudeDegrees = degreesOf(columns[latitude]?.unit, false)
    if (longitudeDegrees !== undefined && latitudeDegrees !== undefined)
      return { longitude, latitude, longitudeDegrees, latitudeDegrees }
  }
  return undefined
}

/** Degrees in one unit; columns without one have degrees. */
function degreesOf(unit: string | undefined, isLongitude: boolean): number | undefined {
  const name = unit?.trim().toLowerCase() ?? ''
  if (/^(?:|deg|degree|degrees|degs|°)$/.test(name)) return 1
  if (/^rad(?:ian)?s?$/.test(name)) return 180 / Math.PI
  return isLongitude && /^(?:h|hr|hour|hours|hourangle)$/.test(name) ? 15 : undefined
}

/** All columns with times of observations or events; durations, periods and dates of processing are none. */
export function timeColumns(columns: readonly ColumnDescription[]): readonly TimeColumn[] {
  const usual =
    /^(?:mjd|jd|hjd|bjd|t_min|t_max|date_?obs|obs_?date|obs_?time|(?:date|mjd|jd)[_-]?(?:obs|start|end|beg)|epoch_?mjd)$/i
  return columns.flatMap((column, index): readonly TimeColumn[] => {
    const isText = column.datatype === 'char' || column.datatype === 'unicodeChar'
    if (!isText && !isNumber(column)) return []
    const ucd = column.ucd ?? ''
    const isTime =
      /^time(?:\.(?:epoch|start|end|obs[\w.]*))?(?:;|$)/i.test(ucd) && !/stat\.|error|meta\.code/i.test(ucd)
    const isUsual = ucd === '' && (usual.test(column.name) || column.xtype === 'timestamp')
    return isTime || isUsual ? [{ index, form: formOf(column, isText) }] : []
  })
}

function formOf(column: ColumnDescription, isText: boolean): TimeColumn['form'] {
  if (isText) return 'iso'
  const unit = column.unit?.trim().toLowerCase() ?? ''
  if (column.xtype === 'mjd' || unit === 'mjd') return 'mjd'
  if (column.xtype === 'jd' || unit === 'jd') return 'jd'
  if (/^(?:yr|a|year|years|julian year)$/.test(unit)) return 'year'
  if (/mjd/i.test(column.name)) return 'mjd'
  return undefined
}

/** All columns with a spectral coordinate in a unit that can be turned into joule. */
export function spectralColumns(columns: readonly ColumnDescription[]): readonly SpectralColumn[] {
  return columns.flatMap((column, index): readonly SpectralColumn[] => {
    if (!isNumber(column)) return []
    const ucd = column.ucd ?? ''
    const isSpectral =
      /^em\.(?:wl|freq|energy)(?:[.;]|$)/i.test(ucd) &&
      !/stat\.(?:error|stdev|fwhm)|em\.(?:wl|freq|energy)\.(?:width|bin)|spect\.line/i.test(ucd)
    // ObsCore 1.1 §3.3: em_min and em_max are in metres.
    const isObsCore = /^em_(?:min|max)$/i.test(column.name)
    if (!isSpectral && !isObsCore) return []
    const unit = spectralUnit(column.unit ?? (isObsCore ? 'm' : ''))
    return unit === undefined ? [] : [{ index, unit }]
  })
}

function spectralUnit(text: string): SpectralUnit | undefined {
  const usual: Readonly<Record<string, SpectralUnit>> = {
    angstrom: 'Angstrom',
    angstroms: 'Angstrom',
    micron: 'um',
    microns: 'um',
    Å: 'Angstrom',
  }
  const name = text.trim()
  const known = (Object.keys(spectralUnits) as readonly SpectralUnit[]).find((one) => one === name)
  return known ?? usual[name] ?? usual[name.toLowerCase()]
}

/** Parts of UCDs → wavebands of VODataService 1.2 §3.2. */
const bands: readonly (readonly [RegExp, string])[] = [
  [/(?:^|;)em\.radio/i, 'Radio'],
  [/(?:^|;)em\.mm/i, 'Millimeter'],
  [/(?:^|;)em\.IR/i, 'Infrared'],
  [/(?:^|;)em\.opt/i, 'Optical'],
  [/(?:^|;)em\.UV/i, 'UV'],
  [/(?:^|;)em\.X-ray/i, 'X-ray'],
  [/(?:^|;)em\.gamma/i, 'Gamma-ray'],
]

/** Wavebands that the UCDs of the columns name, as phot.mag;em.opt.V does. */
export function wavebandsOf(columns: readonly ColumnDescription[]): readonly string[] {
  return bands.filter(([form]) => columns.some((one) => form.test(one.ucd ?? ''))).map(([, band]) => band)
}

/** Numbers, one to a cell; texts of text tables count as numbers when they are read. */
function isNumber(column: ColumnDescription): boolean {
  return (
    ['unsignedByte', 'short', 'int', 'long', 'float', 'double'].includes(column.datatype) &&
    column.arraysize === undefined
  )
}
