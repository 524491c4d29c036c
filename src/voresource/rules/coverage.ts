// Regions, time and energy intervals, dates (VODataService 1.2 §3.2; M-026 to M-028, S-018).
import { modifiedJulianDate, spectralIntervals, temporalIntervals } from '../coverage.js'
import { checkMoc } from '../moc.js'
import { partsOf, quoted, type ResourceRule } from './rule.js'

const largeMocCharacters = 40_000

/** Coverage is a well-formed MOC and intervals that run forwards. */
export const coverageForms: ResourceRule = (descriptor, report) => {
  const { coverage } = partsOf(descriptor)
  if (coverage === undefined) return
  const { spatial } = coverage
  if (spatial !== undefined) {
    const moc = checkMoc(spatial)
    const pointer = '/coverage/spatial'
    if (moc.fault !== undefined) {
      const hint = 'expected order/cells as in 6/45 78-81 7/300, cells numbered in HEALPix nested order (ICRS)'
      report({
        pointer,
        rule: 'moc-syntax',
        severity: 'error',
        message: `coverage.spatial is no ASCII MOC: ${moc.fault}`,
        hint,
      })
    } else if (moc.order < 6 && !moc.isWholeSky)
      report({
        pointer,
        rule: 'moc-order',
        severity: 'advice',
        message: `the MOC has order ${moc.order}; searches by position want 6`,
        hint: 'make it at order 6 or above',
      })
    if (spatial.length > largeMocCharacters)
      report({
        pointer,
        rule: 'moc-size',
        severity: 'warning',
        message: `the MOC has ${spatial.length} characters`,
        hint: 'degrade it to a few tens of kB; order 6 is enough',
      })
  }
  for (const [index, [from, to]] of temporalIntervals(coverage).entries()) {
    const given = JSON.stringify(coverage.temporal?.[index])
    const pointer = `/coverage/temporal/${index}`
    if (Number.isNaN(from) || Number.isNaN(to))
      report({
        pointer,
        rule: 'temporal',
        severity: 'error',
        message: `${given} names a day that does not exist`,
        hint: 'write real days or MJD',
      })
    else if (from > to)
      report({
        pointer,
        rule: 'temporal',
        severity: 'error',
        message: `the time interval ${given} runs backwards`,
        hint: 'put the earlier moment first',
      })
  }
  const isPlainList = coverage.spectral !== undefined && !('unit' in coverage.spectral)
  for (const [index, [low, high]] of spectralIntervals(coverage).entries()) {
    const pointer = isPlainList ? `/coverage/spectral/${index}` : `/coverage/spectral/intervals/${index}`
    if (!(low > 0 || isPlainList) || !Number.isFinite(high))
      report({
        pointer,
        rule: 'spectral',
        severity: 'error',
        message: 'the spectral interval has no finite energy',
        hint: 'write bounds above zero',
      })
    else if (low > high)
      report({
        pointer,
        rule: 'spectral',
        severity: 'error',
        message: 'the spectral interval runs backwards',
        hint: isPlainList ? 'energies in joule, the lower first' : 'put the smaller number first',
      })
    else if (isPlainList && high > 1e-3)
      report({
        pointer,
        rule: 'spectral-unit',
        severity: 'warning',
        message: `${high} J is more than any photon has`,
        hint: 'a plain list is in joule; for lengths write { unit: nm, intervals: [[…]] }',
      })
  }
}

/** Dates name real days. */
export const realDates: ResourceRule = (descriptor, report) => {
  for (const [index, { date }] of (descriptor.dates ?? []).entries()) {
    if (!Number.isNaN(modifiedJulianDate(date, 'start'))) continue
    report({
      pointer: `/dates/${index}/date`,
      rule: 'date',
      severity: 'error',
      message: `there is no day ${quoted(date)}`,
      hint: 'write a real day as 2024-10-18',
    })
  }
}

/** Registries refuse records whose dates lie in the future; `Available` may be an announcement (VOResource 1.2 §3.1.2). */
export function pastDates(today: string): ResourceRule {
  return (descriptor, report) => {
    for (const [index, { date, role }] of (descriptor.dates ?? []).entries()) {
      if (date.slice(0, 10) <= today || role === 'Available') continue
      report({
        pointer: `/dates/${index}/date`,
        rule: 'date-future',
        severity: 'warning',
        message: `${quoted(date)} lies in the future`,
        hint: 'write the day on which it happened; only Available may be still to come',
      })
    }
  }
}
