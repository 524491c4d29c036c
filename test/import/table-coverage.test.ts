// Which columns tell where, when and at which energies, and what becomes of their values.
import { describe, expect, it } from 'vitest'
import type { Value } from '../../src/core/sql.js'
import { positionColumns } from '../../src/import/column-roles.js'
import { SkyCollector } from '../../src/import/sky-collector.js'
import { CoverageCollector } from '../../src/import/table-coverage.js'
import type { ColumnDescription } from '../../src/tables/metadata.js'
import { checkMoc } from '../../src/voresource/moc.js'

const number = (name: string, more: Partial<ColumnDescription> = {}): ColumnDescription => ({
  name,
  datatype: 'double',
  ...more,
})

function coverageOf(column: ColumnDescription, values: readonly Value[]) {
  const collector = new CoverageCollector([column])
  for (const value of values) collector.see([value])
  return collector.finish().coverage
}

describe('positions', () => {
  it.each([
    [
      [number('x', { ucd: 'pos.eq.ra;meta.main' }), number('y', { ucd: 'pos.eq.dec;meta.main' })],
      [0, 1],
    ],
    [
      [number('RAJ2000'), number('z'), number('DEJ2000')],
      [0, 2],
    ],
    [
      [number('ra'), number('dec'), number('a', { ucd: 'pos.eq.ra;meta.main' })],
      [0, 1],
    ],
    [
      [number('x', { ucd: 'POS_EQ_RA_MAIN' }), number('y', { ucd: 'POS_EQ_DEC_MAIN' })],
      [0, 1],
    ],
  ])('%j are found', (columns, [longitude, latitude]) => {
    expect(positionColumns(columns)).toMatchObject({ longitude, latitude })
  })

  it.each([
    [[number('ra', { datatype: 'char', arraysize: '*' }), number('dec')]],
    [[number('ra', { unit: 'pixel' }), number('dec')]],
    [[number('e_ra'), number('e_dec')]],
    [[number('glon'), number('glat')]],
  ])('%j are none', (columns) => {
    expect(positionColumns(columns)).toBeUndefined()
  })

  it('may be in hours or radians', () => {
    expect(positionColumns([number('ra', { unit: 'h' }), number('dec', { unit: 'rad' })])).toMatchObject({
      longitudeDegrees: 15,
      latitudeDegrees: 180 / Math.PI,
    })
  })
})

describe('a MOC', () => {
  const of = (positions: Iterable<readonly [number, number]>) => {
    const sky = new SkyCollector()
    for (const [longitude, latitude] of positions) sky.add(longitude, latitude)
    return sky.finish()
  }

  it('has order 6 for a few positions, and nothing for none', () => {
    expect(
      of([
        [10, 20],
        [-350, 20],
        [370, 20],
      ]),
    ).toEqual({ text: expect.stringMatching(/^6\/\d+$/), order: 6 })
    expect(
      of([
        [Number.NaN, 20],
        [10, 91],
      ]),
    ).toBeUndefined()
  })

  it('has a finer order where positions are dense', () => {
    const field = Array.from({ length: 20_000 }, (_, at) => [83 + (at % 200) / 1000, -5 + at / 100_000] as const)
    const moc = of(field)
    expect(moc?.order).toBe(10)
    expect(checkMoc(moc?.text ?? '')).toMatchObject({ fault: undefined })
  })

  it('is the whole sky, said shortly, when positions are everywhere', () => {
    const everywhere = Array.from({ length: 600_000 }, (_, at) => {
      const latitude = (Math.asin(2 * ((at * 0.7548776662) % 1) - 1) * 180) / Math.PI
      return [((at * 0.6180339887) % 1) * 360, latitude] as const
    })
    expect(checkMoc(of(everywhere)?.text ?? '')).toMatchObject({ order: 6, isWholeSky: true })
  })
})

describe('times', () => {
  const days = [['2000-01-01', '2000-01-11']]
  it.each([
    [number('obs', { ucd: 'time.epoch', xtype: 'mjd' }), [51_544.25, 51_554.5]],
    [number('obs', { ucd: 'time.start', unit: 'd' }), [51_544.25, 51_554.5]],
    [number('obs', { ucd: 'time.epoch', unit: 'd' }), [2_451_544.75, 2_451_555]],
    [number('mjd_obs'), [51_554.5, null, 51_544, Number.NaN]],
    [number('obs', { ucd: 'time.epoch', unit: 'yr' }), [2000 - 0.4 / 365.25, 2000 + 9.9 / 365.25]],
    [number('when', { datatype: 'char', arraysize: '*', ucd: 'time.epoch' }), ['2000-01-01', '2000-01-11T10:00:00']],
    [number('date_obs', { datatype: 'char', arraysize: '*' }), ['2000-01-01 10:00', 'unknown', '2000-01-11T10:00:00Z']],
  ])('%j', (column, values) => {
    expect(coverageOf(column, values)?.temporal).toEqual(days)
  })

  it.each([
    number('exposure', { ucd: 'time.duration;obs.exposure' }),
    number('period', { ucd: 'time.period' }),
    number('e_time', { ucd: 'time.epoch;stat.error' }),
    number('reference', { ucd: 'meta.ref;time.epoch' }),
  ])('$name has none', (column) => {
    expect(coverageOf(column, [51_544, 51_545])).toBeUndefined()
  })

  it('that could mean anything are left out', () => {
    expect(coverageOf(number('obs', { ucd: 'time.epoch' }), [1, 900_000])).toBeUndefined()
  })
})

describe('spectral coordinates', () => {
  it('become an interval in the unit of the column, no narrower than its values', () => {
    const column = number('wavelength', { ucd: 'em.wl.central', unit: 'nm' })
    expect(coverageOf(column, [656.28123, 0, null, 486.13449])?.spectral).toEqual({
      unit: 'nm',
      intervals: [[486.134, 656.282]],
    })
  })

  it('are in metres in em_min and em_max', () => {
    expect(coverageOf(number('em_min'), [1e-7, 2e-7])?.spectral).toEqual({ unit: 'm', intervals: [[1e-7, 2e-7]] })
  })

  it.each([
    number('magnitude', { ucd: 'phot.mag;em.opt.V' }),
    number('width', { ucd: 'em.wl;stat.error', unit: 'nm' }),
    number('odd', { ucd: 'em.freq', unit: 'furlong' }),
  ])('$name has none', (column) => {
    expect(coverageOf(column, [1, 2])?.spectral).toBeUndefined()
  })

  it('of magnitudes are wavebands', () => {
    expect(coverageOf(number('magnitude', { ucd: 'phot.mag;em.opt.V' }), [1])).toEqual({ wavebands: ['Optical'] })
  })
})
