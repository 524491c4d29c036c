// Two resource elements → where they say different things. Prefixes, white space, the order of differently named
// elements (which the schema fixes) and values that a schema fills in make no difference.

import { xsiNamespace } from '../xml/namespaces.js'
import { childElements, textOf, type XmlElement } from '../xml/reader.js'
import { xsiTypeName } from './xsi-type.js'

/** One thing in which two records differ. */
export interface Difference {
  /** Where, as `/capability[2]/interface/accessURL` or `…/@use`. */
  readonly path: string
  /** `missing`: only the first one has it; `added`: only the second one. */
  readonly kind: 'missing' | 'added' | 'changed'
  /** What the first one says (of something added, what the second one says). */
  readonly value: string
  /** What the second one says in its place. */
  readonly other?: string
  /** The element that is missing, with the elements around it from the root on. */
  readonly element?: XmlElement
  readonly around?: readonly XmlElement[]
}

/** Attributes of the root that the registry keeps, and those that only lead to schemas. */
const notCompared = new Set(['created', 'updated', 'version', 'schemaLocation'])

/** Elements whose text is a number of XML Schema: 5 and 5.0 are the same. */
const numeric = new Set(
  'maxSR ra dec sr long lat size maxSearchRadius maxAperture regionOfRegard minWavelength maxWavelength temporal spectral'.split(
    ' ',
  ),
)

/** Types that an element has when no xsi:type is written. */
const declaredTypes: Readonly<Record<string, string>> = {
  capability: 'vr:Capability',
  'param/dataType': 'vs:SimpleDataType',
}

/** Everything in which the second record differs from the first one, in document order of the first one. */
export function compareRecords(first: XmlElement, second: XmlElement): readonly Difference[] {
  const found: Difference[] = []
  compareElements(first, second, '', [], found)
  return found
}

function compareElements(
  first: XmlElement,
  second: XmlElement,
  path: string,
  around: readonly XmlElement[],
  found: Difference[],
): void {
  compareAttributes(first, second, path, around, found)
  const [text, other] = [ownText(first), ownText(second)]
  if (text !== other) {
    const kind = other === '' ? 'missing' : text === '' ? 'added' : 'changed'
    found.push({ path, kind, value: kind === 'added' ? other : text, ...(kind === 'changed' ? { other } : {}) })
  }
  const inside = [...around, first]
  const names = new Set([...childElements(first), ...childElements(second)].map(keyOf))
  for (const name of names) {
    const ones = childElements(first).filter((one) => keyOf(one) === name)
    const others = childElements(second).filter((one) => keyOf(one) === name)
    const count = Math.max(ones.length, others.length)
    for (let index = 0; index < count; index++) {
      const [one, another] = [ones[index], others[index]]
      const step = `${path}/${name.replace(/^.*\}/, '')}${count > 1 ? `[${index + 1}]` : ''}`
      if (one !== undefined && another !== undefined) compareElements(one, another, step, inside, found)
      else if (one !== undefined)
        found.push({ path: step, kind: 'missing', value: summary(one), element: one, around: inside })
      else if (another !== undefined) found.push({ path: step, kind: 'added', value: summary(another) })
    }
  }
}

function compareAttributes(
  first: XmlElement,
  second: XmlElement,
  path: string,
  around: readonly XmlElement[],
  found: Difference[],
): void {
  const ones = attributesOf(first, around)
  const others = attributesOf(second, around)
  for (const name of new Set([...ones.keys(), ...others.keys()])) {
    const [one, other] = [ones.get(name), others.get(name)]
    if (one === other) continue
    const step = `${path}/@${name}`
    if (one === undefined) found.push({ path: step, kind: 'added', value: other ?? '' })
    else if (other === undefined) found.push({ path: step, kind: 'missing', value: one })
    else found.push({ path: step, kind: 'changed', value: one, other })
  }
}

/** Attributes by name, as they count: types with canonical prefix, IVOIDs in lower case, no defaults. */
function attributesOf(element: XmlElement, around: readonly XmlElement[]): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>()
  for (const { name, namespace, qualifiedName, value } of element.attributes) {
    if (around.length === 0 && notCompared.has(name)) continue
    if (name === 'schemaLocation') continue
    if (namespace === xsiNamespace && name === 'type') continue
    attributes.set(namespace === '' ? name : qualifiedName, attributeValue(name, value))
  }
  const type = xsiTypeName(element)
  const parent = around.at(-1)?.name ?? ''
  const declared = declaredTypes[element.name] ?? declaredTypes[`${parent}/${element.name}`]
  if (type !== undefined && type !== declared) attributes.set('xsi:type', type)
  for (const [name, value] of defaultsOf(element, parent)) if (attributes.get(name) === value) attributes.delete(name)
  return attributes
}

/** What the schemas take for granted where nothing is said. */
function defaultsOf(element: XmlElement, parent: string): readonly (readonly [string, string])[] {
  // VODataService 1.1 wrote 1 for scalars, 1.2 leaves it out (§3.5.3).
  if (element.name === 'dataType') return [['arraysize', '1']]
  // The default of VOResource 1.0 and 1.1, and that of 1.2, mean the same to RegTAP.
  if (element.name === 'date' && parent === 'curation')
    return [
      ['role', 'representative'],
      ['role', 'Collected'],
    ]
  if (element.name === 'param')
    return [
      ['use', 'optional'],
      ['std', 'true'],
    ]
  if (element.name === 'Resource') return [['status', 'active']]
  return []
}

function attributeValue(name: string, value: string): string {
  const token = value.trim().replace(/\s+/g, ' ')
  if (/^ivo:\/\//i.test(token)) return token.toLowerCase()
  return name === 'std' ? booleanText(token) : token
}

function ownText(element: XmlElement): string {
  const text = element.children
    .filter((child) => typeof child === 'string')
    .join(' ')
    .trim()
    .replace(/\s+/g, ' ')
  if (numeric.has(element.name)) return text.split(' ').map(numberText).join(' ')
  return element.name === 'full' || element.name === 'verbosity' ? booleanText(text) : text
}

function numberText(text: string): string {
  const value = Number(text)
  return text === '' || Number.isNaN(value) ? text : String(value)
}

function booleanText(text: string): string {
  return text === '1' ? 'true' : text === '0' ? 'false' : text
}

/** Elements of old schemas are in a namespace, of present ones in none; foreign ones keep theirs. */
function keyOf(element: XmlElement): string {
  const isForeign = element.namespace !== '' && !element.namespace.startsWith('http://www.ivoa.net/xml/VO')
  return isForeign ? `{${element.namespace}}${element.name}` : element.name
}

/** What an element says, short enough for a list. */
function summary(element: XmlElement): string {
  const text = textOf(element).trim().replace(/\s+/g, ' ')
  const inside = childElements(element)
  const said = text === '' ? element.attributes.map((one) => `${one.qualifiedName}="${one.value}"`).join(' ') : text
  const short = said.length > 120 ? `${said.slice(0, 119)}…` : said
  return inside.length === 0 ? short : `${short} (${inside.map((one) => one.name).join(', ')})`.trim()
}
