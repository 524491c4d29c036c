// The xpaths in the utypes of the rr tables (RegTAP 1.2 §6) → functions that find the value for a row.
//
// The subset in use: child steps, one attribute at the end, `.`, and alternatives such as `(tableset/schema/|)`.
// Names are matched without namespace: VOResource elements have none, and drafts that qualify them mean the same.
import { xsiNamespace } from '../xml/namespaces.js'
import { attributeOf, childElements, textOf, type XmlElement } from '../xml/reader.js'

/** From the resource element down to the element a row is made of. */
export type ElementPath = readonly [XmlElement, ...XmlElement[]]

/** An absolute path, taken apart: names of child elements, then perhaps an attribute. */
export interface Xpath {
  readonly steps: readonly string[]
  /** Local name of the attribute at the end; `xsi:type` keeps its prefix. */
  readonly attribute?: string
}

/** `xpath:/(tableset/schema/|)table/` and `xpath:@type` → every path they stand for, longest first. */
export function parseUtypes(tableUtype: string | undefined, columnUtype: string): readonly Xpath[] {
  const column = columnUtype.replace(/^xpath:/, '')
  const table = (tableUtype ?? 'xpath:/').replace(/^xpath:/, '')
  // A column path with a leading slash starts at the resource, any other one where the table's path ends.
  const whole = column.startsWith('/') ? column : column === '.' ? table : joinPaths(table, column)
  return expandAlternatives(whole).map(parseXpath)
}

/** `/capability/interface/@role` → steps and attribute. */
export function parseXpath(path: string): Xpath {
  const parts = path.split('/').filter((part) => part !== '')
  const last = parts.at(-1)
  return last?.startsWith('@') ? { steps: parts.slice(0, -1), attribute: last.slice(1) } : { steps: parts }
}

function joinPaths(table: string, column: string): string {
  // `…/validationLevel` with `validationLevel/@validatedBy`: the row element is named in both (RegTAP 1.2 §8.11).
  const first = column.split('/')[0] ?? ''
  if (table.endsWith(`/${first}`) || table.endsWith(`)${first}`)) return table + column.slice(first.length)
  return `${table}/${column}`
}

function expandAlternatives(path: string): readonly string[] {
  const match = /^(.*?)\(([^)]*)\)(.*)$/.exec(path)
  if (match === null) return [path]
  const [, before = '', inside = '', after = ''] = match
  return inside.split('|').flatMap((alternative) => expandAlternatives(before + alternative + after))
}

/** Every value a path has for a row; absent elements give none, an element without the attribute the empty text. */
export type ValueFinder = (path: ElementPath) => readonly string[]

/**
 * A finder for rows whose elements lie at `rowSteps`. It climbs from the row's element to where the two paths part,
 * then goes down: for a row of relatedResource, `/content/relationship/relationshipType` is beside it.
 */
export function valueFinder(xpath: Xpath, rowSteps: readonly string[]): ValueFinder {
  let shared = 0
  while (shared < rowSteps.length && shared < xpath.steps.length && rowSteps[shared] === xpath.steps[shared]) shared++
  const down = xpath.steps.slice(shared)
  const { attribute } = xpath
  return (path) => {
    const start = path[shared]
    if (start === undefined) return []
    const [only, ...further] = down
    if (only === undefined) return valuesOf([start], attribute)
    return valuesOf(descend(childElements(start, only), further), attribute)
  }
}

/** The elements reached from some elements by child steps. */
export function descend(elements: readonly XmlElement[], steps: readonly string[]): readonly XmlElement[] {
  let reached = elements
  for (const step of steps) reached = reached.flatMap((element) => childElements(element, step))
  return reached
}

function valuesOf(elements: readonly XmlElement[], attribute: string | undefined): readonly string[] {
  if (attribute === undefined) return elements.map(textOf)
  // Where the first element counts, its attribute counts too, even when only a later one has it: rights and
  // rights_uri, source_value and source_format belong together (RegTAP 1.2 §8.1).
  return elements.map((element) => readAttribute(element, attribute) ?? '')
}

/** An attribute by the name an xpath uses: in no namespace, or `xsi:…`. */
export function readAttribute(element: XmlElement, name: string): string | undefined {
  return name.startsWith('xsi:') ? attributeOf(element, name.slice(4), xsiNamespace) : attributeOf(element, name)
}

/** Every chain of elements along the steps, from the resource element on. */
export function elementPaths(resource: XmlElement, steps: readonly string[]): readonly ElementPath[] {
  let paths: readonly ElementPath[] = [[resource]]
  for (const step of steps) {
    paths = paths.flatMap((path) => {
      const leaf = path[path.length - 1] ?? resource
      return childElements(leaf, step).map((child): ElementPath => [...path, child])
    })
  }
  return paths
}
