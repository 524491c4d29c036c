// Two states of a record → what differs, in the words of a descriptor. The published state is XML and nothing else: its
// descriptor may have been changed since, and what defaults and includes gave it is nowhere kept (ARCHITECTURE 7).

import { diffArrays } from 'diff'
import { counted } from '../core/counted.js'
import { attributeOf, childElements, textOf, type XmlAttribute, type XmlElement } from '../xml/reader.js'
import { descriptorStep, nameOfElement, pathText, pointerText, statedPart, termOf } from './descriptor-terms.js'
import type { Path } from './source-file.js'

/** One part of a record that differs. */
export interface RecordDifference {
  /** As `capabilities[0].accessUrl`. */
  readonly path: string
  /** The table, or the table and column, that the path leads into: people know them by name. */
  readonly of?: string
  readonly kind: 'added' | 'removed' | 'changed'
  readonly from?: string
  readonly to?: string
}

/** What is known of the later state. */
export interface LaterState {
  readonly descriptor: unknown
  /** For each `capability` element the index of the descriptor's capability that made it; undefined for the program's own. */
  readonly capabilityOrigins: readonly (number | undefined)[]
}

/** Times come from the ledger, and the rest follows from the elements. */
const ignoredOfRoot = new Set(['created', 'updated', 'schemaLocation', 'version'])

/** All differences, in the order of the later record. */
export function recordDifferences(
  before: XmlElement,
  after: XmlElement,
  later: LaterState,
): readonly RecordDifference[] {
  const found: Found[] = []
  compare(before, after, { steps: [], of: [] }, found)
  return summarized(found.map((one) => toDifference(one, later)))
}

type Place = Pick<Found, 'steps' | 'of'>

/** A difference at an element; indexes in its path are those of the later record where that has the element. */
interface Found {
  readonly steps: Path
  /** Names of the table and column around it. */
  readonly of: readonly string[]
  readonly kind: RecordDifference['kind']
  readonly from?: string
  readonly to?: string
}

function compare(before: XmlElement, after: XmlElement, place: Place, found: Found[]): void {
  compareAttributes(before, after, place, found)
  if (childElements(before).length === 0 && childElements(after).length === 0) {
    const [from, to] = [tidy(textOf(before)), tidy(textOf(after))]
    if (from !== to) found.push({ ...place, kind: 'changed', from, to })
    return
  }
  const names = new Set([...childElements(after), ...childElements(before)].map((child) => child.name))
  const parent = isRoot(after) ? '' : after.name
  for (const name of names) {
    const placeOf = (index: number, element?: XmlElement): Place => ({
      steps: [...place.steps, ...descriptorStep(parent, name, index)],
      of: [...place.of, ...knownName(element)],
    })
    compareLists(childElements(before, name), childElements(after, name), placeOf, found)
  }
}

/** Tables and columns are known by their names; whoever is told of the column needs not be told of its number. */
function knownName(element: XmlElement | undefined): readonly string[] {
  if (element === undefined || !['table', 'column'].includes(element.name)) return []
  return [nameOfElement(element) ?? '']
}

function isRoot(element: XmlElement): boolean {
  return element.name === 'Resource'
}

function compareAttributes(before: XmlElement, after: XmlElement, place: Place, found: Found[]): void {
  const names = new Set([...before.attributes, ...after.attributes].filter(isMeaningful).map((one) => one.name))
  for (const name of names) {
    if (isRoot(after) && ignoredOfRoot.has(name)) continue
    const value = (element: XmlElement) =>
      element.attributes.find((one) => isMeaningful(one) && one.name === name)?.value
    const [from, to] = [value(before), value(after)]
    if (from === to) continue
    const kind = from === undefined ? 'added' : to === undefined ? 'removed' : 'changed'
    found.push({ ...place, steps: [...place.steps, termOf(name)], kind, ...fromTo(from, to) })
  }
}

/** Declarations of namespaces say nothing of the resource. */
function isMeaningful({ qualifiedName }: XmlAttribute): boolean {
  return qualifiedName !== 'xmlns' && !qualifiedName.startsWith('xmlns:')
}

/** Children of one name: those with the same name or standard are compared, others came or went. */
function compareLists(
  before: readonly XmlElement[],
  after: readonly XmlElement[],
  placeOf: (index: number, element?: XmlElement) => Place,
  found: Found[],
): void {
  const [onlyBefore, onlyAfter] = [before[0], after[0]]
  if (before.length === 1 && after.length === 1 && onlyBefore !== undefined && onlyAfter !== undefined) {
    compare(onlyBefore, onlyAfter, placeOf(0, onlyAfter), found)
    return
  }
  // What is gone has no place in the later record: its path names the list.
  const { steps, of } = placeOf(0)
  const list = { steps: steps.filter((step, at) => at < steps.length - 1 || typeof step !== 'number'), of }
  let [old, now] = [0, 0]
  let gone: XmlElement[] = []
  const flush = (): void => {
    for (const element of gone) found.push({ ...list, kind: 'removed', from: summary(element) })
    gone = []
  }
  for (const part of diffArrays(before.map(keyOf), after.map(keyOf))) {
    if (part.removed) {
      gone.push(...before.slice(old, old + part.count))
      old += part.count
      continue
    }
    if (!part.added) flush()
    for (const element of after.slice(now, now + part.count)) {
      const counterpart = part.added ? gone.shift() : before[old++]
      if (counterpart !== undefined) compare(counterpart, element, placeOf(now, element), found)
      else found.push({ ...placeOf(now), kind: 'added', to: summary(element) })
      now += 1
    }
    flush()
  }
  flush()
}

/** By what an element is known again: its name or standard, or all that it says. */
function keyOf(element: XmlElement): string {
  return (
    nameOfElement(element) ??
    JSON.stringify([element.attributes.map(({ name, value }) => [name, value]), textOf(element)])
  )
}

/** An element in a few words. */
function summary(element: XmlElement): string {
  const children = childElements(element)
  if (children.length === 0) return tidy(textOf(element))
  const about = nameOfElement(element) ?? attributeOf(element, 'standardID') ?? tidy(textOf(element))
  const tables = children.filter((one) => one.name === 'table').length
  const columns = children.filter((one) => one.name === 'column').length
  const counts = [
    ...(tables > 0 ? [counted(tables, 'table')] : []),
    ...(columns > 0 ? [counted(columns, 'column')] : []),
  ]
  return counts.length === 0 ? about : `${about} (${counts.join(', ')})`
}

function tidy(text: string): string {
  return text.trim().replace(/\s+/g, ' ')
}

/** Paths of elements → those of the descriptor, where it states the part. */
function toDifference(
  { steps, of, kind, from, to }: Found,
  { descriptor, capabilityOrigins }: LaterState,
): RecordDifference {
  const parts = { ...(of.length === 0 ? {} : { of: of.join(' ') }), kind, ...fromTo(from, to) }
  const [first, index, ...rest] = steps
  if (first !== 'capabilities' || typeof index !== 'number') return { path: stated(steps, kind, descriptor), ...parts }
  const origin = capabilityOrigins[index]
  if (origin === undefined) {
    // Past the end of the later record, or made by the program itself.
    const path = index < capabilityOrigins.length ? `self: ${pathText(steps)}` : pathText(steps)
    return { path, ...parts }
  }
  if (capabilityOrigins.indexOf(origin) < index) return { path: `capabilities[${origin}].endpoints`, ...parts }
  return { path: stated([first, origin, ...rest], kind, descriptor), ...parts }
}

function stated(path: Path, kind: RecordDifference['kind'], descriptor: unknown): string {
  const { pointer, isExact } = statedPart(descriptor, path)
  return isExact && kind !== 'removed' ? pointerText(pointer) : pathText(path)
}

/** An address is repeated in the capabilities of its VOSI endpoints: one line says so. */
function summarized(differences: readonly RecordDifference[]): readonly RecordDifference[] {
  const seen = new Set<string>()
  return differences.filter(({ path, kind }) => {
    if (!path.endsWith('].endpoints') || kind !== 'changed') return true
    const isFirst = !seen.has(path)
    seen.add(path)
    return isFirst
  })
}

function fromTo(from: string | undefined, to: string | undefined): { readonly from?: string; readonly to?: string } {
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
}
