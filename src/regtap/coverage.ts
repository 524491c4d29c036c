// coverage → rr.stc_spatial, rr.stc_temporal, rr.stc_spectral, and the cells that searches on the sky use
// (RegTAP 1.2 §8.15 to §8.17).
import { cellPieces, mergeRanges, type Ranges } from '../core/sky-ranges.js'
import type { Row } from '../core/sql.js'
import { attributeOf, childElements, textOf, type XmlElement } from '../xml/reader.js'
import { readMoc } from './moc.js'
import { cleanText } from './normalize.js'

export interface CoverageRows {
  readonly spatial: readonly Row[]
  readonly temporal: readonly Row[]
  readonly spectral: readonly Row[]
  /** Rows of x.moc_cell. */
  readonly cells: Iterable<Row>
}

/** Everything the coverage of a record says. What is not a MOC or not a pair of numbers is left out. */
export function coverageRows(resource: XmlElement, ivoid: string): CoverageRows {
  const coverages = childElements(resource, 'coverage')
  const all = (name: string): readonly XmlElement[] => coverages.flatMap((coverage) => childElements(coverage, name))
  const mocs = all('spatial').flatMap((element) => {
    const moc = readMoc(textOf(element))
    return moc === undefined ? [] : [{ moc, frame: frameOf(element) }]
  })
  // Other frames than the celestial one have no place in sky searches.
  const celestial = mocs.filter(({ frame }) => frame === null).map(({ moc }) => moc)
  return {
    spatial: mocs.map(({ moc, frame }) => [ivoid, moc.text, frame]),
    temporal: all('temporal').flatMap((element) => intervalRow(ivoid, element)),
    spectral: all('spectral').flatMap((element) => intervalRow(ivoid, element)),
    cells: cellRows(mergeRanges(celestial.flatMap(({ ranges }) => ranges)), ivoid),
  }
}

/** Several coverages of a resource are one. */
function* cellRows(coverage: Ranges, ivoid: string): Iterable<Row> {
  for (const { cell, range } of cellPieces(coverage)) yield [cell, range?.[0] ?? null, range?.[1] ?? null, ivoid]
}

/** ICRS is what no frame means; clients look for NULL (RegTAP 1.2 §8.15). */
function frameOf(element: XmlElement): string | null {
  const frame = cleanText(attributeOf(element, 'frame'))
  return frame === null || /^(icrs|celestial|equatorial)$/i.test(frame) ? null : frame
}

/** `54000 55000.5` → a row; anything but two finite numbers gives none. */
function intervalRow(ivoid: string, element: XmlElement): readonly Row[] {
  const parts = textOf(element).trim().split(/\s+/)
  const [low, high] = parts.map(Number)
  if (parts.length !== 2 || low === undefined || high === undefined) return []
  return Number.isFinite(low) && Number.isFinite(high) ? [[ivoid, low, high]] : []
}
