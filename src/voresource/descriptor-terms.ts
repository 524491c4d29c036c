// A place in a record → the words by which a descriptor says it: `capability[1]/interface[0]/accessURL` is
// `capabilities[1].interfaces[0].accessUrl`. Differences and findings about built XML are told in these words.
import { attributeOf, childElements, type XmlElement } from '../xml/reader.js'
import { isMapValue, parsePointer, toPointer } from './merge.js'
import type { Path } from './source-file.js'

/** Elements that occur several times → the key of their list. */
const lists: Readonly<Record<string, string>> = {
  validationLevel: 'validationLevels',
  altIdentifier: 'altIdentifiers',
  creator: 'creators',
  contributor: 'contributors',
  date: 'dates',
  contact: 'contacts',
  subject: 'subjects',
  contentLevel: 'contentLevels',
  relationship: 'relationships',
  relatedResource: 'resources',
  rights: 'rights',
  facility: 'facilities',
  instrument: 'instruments',
  temporal: 'temporal',
  spectral: 'spectral',
  waveband: 'wavebands',
  capability: 'capabilities',
  interface: 'interfaces',
  mirrorURL: 'mirrorUrls',
  param: 'params',
  queryType: 'queryTypes',
  wsdlURL: 'wsdlUrls',
  endpoint: 'endpoints',
  schema: 'schemas',
  table: 'tables',
  column: 'columns',
  foreignKey: 'foreignKeys',
  fkColumn: 'columns',
  flag: 'flags',
  dataModel: 'dataModels',
  language: 'languages',
  languageFeatures: 'features',
  outputFormat: 'outputFormats',
  alias: 'aliases',
  uploadMethod: 'uploadMethods',
  managedAuthority: 'managedAuthorities',
  endorsedVersion: 'endorsedVersions',
  key: 'keys',
  dataSource: 'dataSources',
  creationType: 'creationTypes',
  supportedFrame: 'supportedFrames',
  'content/type': 'contentTypes',
  'language/version': 'versions',
}

/** Elements and attributes with another name. */
const names: Readonly<Record<string, string>> = {
  identifier: 'ivoid',
  referenceURL: 'referenceUrl',
  accessURL: 'accessUrl',
  regionOfRegard: 'regionOfRegardDeg',
  relationshipType: 'type',
  dataType: 'datatype',
  locTitle: 'localTitle',
  fromColumn: 'from',
  targetColumn: 'target',
  maxSR: 'maxSearchRadiusDeg',
  rightsURI: 'uri',
  'ivo-id': 'ivoid',
  standardID: 'standardId',
}

/** Elements that only hold others together. */
const wrappers = new Set(['curation', 'content'])

/** One step from an element to a child of it: the element's name, and which of those of its name it is. */
export interface ElementStep {
  readonly name: string
  /** From 0, among its siblings of the same name. */
  readonly index: number
}

/** The way from the root of a record to one of its elements, in a descriptor's words. */
export function descriptorPath(steps: readonly ElementStep[]): Path {
  return steps.flatMap(({ name, index }, depth) => descriptorStep(steps[depth - 1]?.name ?? '', name, index))
}

/** One step, in a descriptor's words; none for an element that only holds others together. */
export function descriptorStep(parent: string, name: string, index: number): Path {
  if (wrappers.has(name) && parent === '') return []
  const list = lists[`${parent}/${name}`] ?? lists[name]
  return list === undefined ? [termOf(name)] : [list, index]
}

/** The descriptor's word for an element or attribute that occurs once. */
export function termOf(name: string): string {
  return names[name] ?? name
}

/** `['capabilities', 0, 'accessUrl']` → `capabilities[0].accessUrl` */
export function pathText(path: Path): string {
  return path.map((step, at) => (typeof step === 'number' ? `[${step}]` : `${at === 0 ? '' : '.'}${step}`)).join('')
}

/** The elements from below the root to the one that starts in that line, or to the last one before it. */
export function elementAtLine(root: XmlElement, line: number, name?: string): readonly ElementStep[] {
  let best: { readonly steps: readonly ElementStep[]; readonly line: number; readonly fits: boolean } | undefined
  const visit = (element: XmlElement, steps: readonly ElementStep[]): void => {
    if (element.line > line) return
    const fits = element.line === line && element.name === name
    if (best === undefined || element.line > best.line || (element.line === best.line && (fits || !best.fits)))
      best = { steps, line: element.line, fits }
    const counts = new Map<string, number>()
    for (const child of childElements(element)) {
      const index = counts.get(child.name) ?? 0
      counts.set(child.name, index + 1)
      visit(child, [...steps, { name: child.name, index }])
    }
  }
  visit(root, [])
  return best?.steps ?? []
}

/** A part of a descriptor, as it is written there. */
export interface StatedPart {
  readonly pointer: string
  /** False when the path leads to something that the descriptor does not state; the pointer is then that of what is around it. */
  readonly isExact: boolean
}

/**
 * The part of a descriptor that a path leads to: the path itself, or the nearest part of it that the descriptor states,
 * in the short forms it may have used (`accessUrl` for `interfaces[0].accessUrl`, a bare name for a map with one).
 */
export function statedPart(descriptor: unknown, path: Path): StatedPart {
  let node: unknown = descriptor
  let isExact = true
  const stated: (string | number)[] = []
  for (const [at, step] of path.entries()) {
    if (Array.isArray(node)) {
      if (Number(step) >= node.length) return { pointer: toPointer(stated), isExact: false }
      stated.push(step)
      node = node[Number(step)]
      continue
    }
    // A list that is written as a map has its entries in it (spectral: { unit, intervals }).
    if (isMapValue(node) && typeof step === 'number' && Array.isArray(node.intervals)) {
      stated.push('intervals', step)
      node = node.intervals[step]
      continue
    }
    if (!isMapValue(node)) {
      const rest = path.slice(at).filter((one) => typeof one === 'string')
      return { pointer: toPointer(stated), isExact: isExact && ['name', 'accessUrl', 'text'].includes(rest.join()) }
    }
    const key = keyFor(node, String(step), path[at + 1])
    if (key === undefined) isExact = false
    else {
      stated.push(key)
      node = node[key]
    }
  }
  return { pointer: toPointer(stated), isExact }
}

/** The key of a map that stands for a term: itself, or one that adds a unit (`maxFileSize` → `maxFileSizeBytes`). */
function keyFor(node: Readonly<Record<string, unknown>>, term: string, next: unknown): string | undefined {
  if (term === 'interfaces' && node.accessUrl !== undefined) {
    const given = Array.isArray(node.interfaces) ? node.interfaces.length : 0
    return Number(next) === 0 || given === 0 ? 'accessUrl' : 'interfaces'
  }
  if (term in node) return term
  return Object.keys(node).find((key) => key.startsWith(term) && /^[A-Z][a-z]+$/.test(key.slice(term.length)))
}

/** A pointer into a descriptor → the text in which people read it. */
export function pointerText(pointer: string): string {
  return pathText(parsePointer(pointer).map((step) => (/^\d+$/.test(step) ? Number(step) : step)))
}

/** What sets an element apart from its siblings of the same name: its own name, standard or type. */
export function nameOfElement(element: XmlElement): string | undefined {
  const named = childElements(element, 'name')[0]
  const [text] = named?.children ?? []
  if (typeof text === 'string') return text.trim()
  return attributeOf(element, 'standardID')
}
