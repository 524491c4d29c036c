// The geometry functions of ADQL (§4.2) and MOC, which pyvo needs.
import { type KnownFunction, type Parameter, predicate } from './known-function.js'
import { double, type Family, type Meaning, textMeaning } from './resolved.js'

const number: Parameter = 'number'

/** The deprecated coordinate system is taken off before arguments are checked. */
export const geometryFunctions: readonly KnownFunction[] = [
  shape('point', [[number, number]], 'POINT(longitude, latitude)', '2'),
  shape(
    'circle',
    [
      [number, number, number],
      ['point', number],
    ],
    'CIRCLE(longitude, latitude, radius) or CIRCLE(point, radius)',
    '3',
  ),
  shape(
    'polygon',
    [
      ['point', 'point', 'point'],
      [number, number, number, number, number, number],
    ],
    'POLYGON(longitude1, latitude1, …) with at least three corners',
    '*',
    true,
  ),
  shape(
    'box',
    [
      [number, number, number, number],
      ['point', number, number],
    ],
    'BOX(longitude, latitude, width, height) or BOX(point, width, height)',
    '*',
  ),
  shape('region', [['text']], "REGION('CIRCLE ICRS 10 20 1')", '*'),
  shape('moc', [['text'], [number, 'shape']], "MOC('6/1-3') or MOC(order, geometry)", '*'),
  special(
    'distance',
    [
      ['point', 'point'],
      [number, number, number, number],
    ],
    'DISTANCE(point, point) or DISTANCE(lon1, lat1, lon2, lat2)',
    { ...double, unit: 'deg', ucd: 'pos.angDistance' },
  ),
  special('area', [['shape']], 'AREA(geometry)', { ...double, unit: 'deg**2', ucd: 'phys.angArea' }),
  shape('centroid', [['shape']], 'CENTROID(geometry)', '2'),
  special('coord1', [['point']], 'COORD1(point)', { ...double, unit: 'deg' }),
  special('coord2', [['point']], 'COORD2(point)', { ...double, unit: 'deg' }),
  {
    name: 'coordsys',
    kind: 'special',
    signatures: [['shape']],
    family: 'text',
    meaning: () => textMeaning(true),
    form: 'COORDSYS(geometry)',
  },
  predicate('contains', ['shape', 'shape'], 'CONTAINS(inner, outer)'),
  predicate('intersects', ['shape', 'shape'], 'INTERSECTS(geometry, geometry)'),
]

function shape(
  name: string,
  signatures: KnownFunction['signatures'],
  form: string,
  arraysize: string,
  repeats = false,
): KnownFunction {
  const family: Family =
    name === 'box' || name === 'region'
      ? 'polygon'
      : name === 'centroid'
        ? 'point'
        : (name as 'point' | 'circle' | 'polygon' | 'moc')
  const meaning: Meaning =
    family === 'moc'
      ? { datatype: 'char', arraysize, xtype: family }
      : { datatype: 'double', arraysize, xtype: family, unit: 'deg' }
  return { name, kind: 'shape', signatures, repeats, family, meaning: () => meaning, form }
}

function special(name: string, signatures: KnownFunction['signatures'], form: string, meaning: Meaning): KnownFunction {
  return { name, kind: 'special', signatures, family: 'number', meaning: () => meaning, form }
}
