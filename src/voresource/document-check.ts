// XML documents with records in them → what the standards' rules and good practice have to say, by line and column.

import { didYouMean } from '../adql/words.js'
import { counted } from '../core/counted.js'
import { foldIvoid, isIvoid } from '../core/ivoid.js'
import { namespaceUri, xsiNamespace } from '../xml/namespaces.js'
import { attributeOf, childElements, readXml, textOf, type XmlElement, XmlError } from '../xml/reader.js'
import { modifiedJulianDate, wavebands } from './coverage.js'
import { type Finding, type SourcePosition, sortFindings } from './finding.js'
import { checkMoc } from './moc.js'
import { altIdentifierFault } from './rules/identifiers.js'
import type { Fault } from './rules/rule.js'
import { Vocabularies } from './rules/vocabulary.js'
import { UcdChecker } from './ucd.js'
import { UnitChecker } from './unit.js'
import type { VocabularyName, VocabularySource } from './vocabulary-files.js'

/** An XML file, by its name in messages. */
export interface XmlFile {
  readonly file: string
  readonly text: string
}

type ElementFault = Omit<Fault, 'pointer' | 'part'>

/** What an element says of itself, by its name and, where that is not enough, the name of its parent. */
type ElementRule = (text: string, element: XmlElement) => ElementFault | undefined

/**
 * Checks the records of XML documents by the rules that no schema knows; documents without records (VOSI, VOTable) only
 * for being well-formed. IVOIDs must be unique among all files.
 */
export function checkDocuments(files: readonly XmlFile[], vocabularies?: VocabularySource): readonly Finding[] {
  const rules = elementRules(vocabularies)
  const seen = new Map<string, SourcePosition>()
  const findings: Finding[] = []
  for (const { file, text } of files) {
    const root = rootOf(text, file, findings)
    if (root === undefined) continue
    for (const resource of resourcesIn(root)) {
      const add = (element: XmlElement, fault: ElementFault) =>
        findings.push({ ...positionOf(element, text, file), ...fault })
      checkResource(resource, rules, add)
      for (const identifier of childElements(resource, 'identifier')) {
        const folded = foldIvoid(textOf(identifier).trim())
        const place = positionOf(identifier, text, file)
        const other = seen.get(folded)
        if (other === undefined) seen.set(folded, place)
        else
          add(identifier, {
            rule: 'ivoid-unique',
            severity: 'error',
            message: `the IVOID ${textOf(identifier).trim()} is already that of ${other.file}:${other.line}`,
            hint: 'an IVOID names one resource for ever, and capital letters make no difference; give this one another',
          })
      }
    }
  }
  return sortFindings(findings)
}

function rootOf(text: string, file: string, findings: Finding[]): XmlElement | undefined {
  try {
    return readXml(text)
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    findings.push({
      file,
      line: error.line,
      column: error.column,
      rule: 'xml-syntax',
      severity: 'error',
      message: error.message,
      hint: 'the text before this place may be at fault: look for a tag that is not closed',
    })
    return undefined
  }
}

/** All ri:Resource elements, the root itself among them, wherever they stand. */
function resourcesIn(element: XmlElement): readonly XmlElement[] {
  if (element.name === 'Resource' && element.namespace === namespaceUri('ri')) return [element]
  return childElements(element).flatMap(resourcesIn)
}

function checkResource(
  resource: XmlElement,
  rules: ReadonlyMap<string, ElementRule>,
  add: (element: XmlElement, fault: ElementFault) => void,
): void {
  const walk = (element: XmlElement): void => {
    for (const child of childElements(element)) {
      const rule = rules.get(`${element.name}/${child.name}`) ?? rules.get(child.name)
      const fault = rule?.(textOf(child).trim(), child)
      if (fault !== undefined) add(child, fault)
      walk(child)
    }
  }
  walk(resource)
  const contacts = childElements(resource, 'curation').flatMap((one) => childElements(one, 'contact'))
  const [firstContact] = contacts
  if (firstContact !== undefined && !contacts.some((one) => childElements(one, 'email').length > 0))
    add(firstContact, {
      rule: 'contact-email',
      severity: 'warning',
      message: 'no contact has an email',
      hint: 'add one that will still be read in years: a help desk, not a person (VOResource 1.2 §3.1.2)',
    })
}

/** `name` or `parent/name` → rule. Made anew for each run, since some keep word lists. */
function elementRules(source?: VocabularySource): ReadonlyMap<string, ElementRule> {
  const vocabularies = new Vocabularies(source)
  const ucds = new UcdChecker()
  const units = new UnitChecker()
  const term =
    (name: VocabularyName): ElementRule =>
    (text) =>
      vocabularies.fault(name, text)
  return new Map<string, ElementRule>([
    ['identifier', (text) => (isIvoid(text) ? undefined : notAnIvoid(text))],
    ['altIdentifier', altIdentifierFault],
    ['subject', term('uat')],
    ['content/type', term('content_type')],
    ['contentLevel', term('content_level')],
    ['relationshipType', term('relationship_type')],
    ['curation/date', (text, element) => dateFault(text) ?? roleFault(element, vocabularies)],
    ['content/description', descriptionFault],
    ['ucd', (text) => ucds.check(text)[0]],
    ['unit', (text) => unitFault(text, units)],
    ['coverage/spatial', spatialFault],
    ['coverage/temporal', (text) => intervalFault(text, 'temporal', 'two Julian dates (MJD), the earlier first')],
    ['coverage/spectral', (text) => intervalFault(text, 'spectral', 'two energies in joule, the lower first')],
    ['waveband', wavebandFault],
    ['capability', (_, element) => capabilityFault(element)],
  ])
}

function notAnIvoid(text: string): ElementFault {
  return {
    rule: 'form',
    severity: 'error',
    message: `"${text}" is no IVOID of a record`,
    hint: "write ivo://authority/name with letters, digits and - _ . ! ~ * ' ( ) + = in each part",
  }
}

function dateFault(text: string): ElementFault | undefined {
  if (!Number.isNaN(modifiedJulianDate(text, 'start'))) return undefined
  return {
    rule: 'date',
    severity: 'error',
    message: `there is no day "${text}"`,
    hint: 'write a real day as 2024-10-18',
  }
}

function roleFault(element: XmlElement, vocabularies: Vocabularies): ElementFault | undefined {
  const role = attributeOf(element, 'role')
  return role === undefined ? undefined : vocabularies.fault('date_role', role)
}

function descriptionFault(text: string): ElementFault | undefined {
  if (text.length >= 60) return undefined
  return {
    rule: 'description-short',
    severity: 'advice',
    message: `the description has ${counted(text.length, 'character')}`,
    hint: 'say what the data are, of which sky, time and wavelength, and what they are good for',
  }
}

function unitFault(text: string, units: UnitChecker): ElementFault | undefined {
  const fault = text === '' ? undefined : units.check(text)
  return fault === undefined ? undefined : { severity: 'warning', ...fault }
}

function spatialFault(text: string): ElementFault | undefined {
  const moc = checkMoc(text)
  if (moc.fault === undefined) return undefined
  return {
    rule: 'moc-syntax',
    severity: 'error',
    message: `coverage/spatial is no ASCII MOC: ${moc.fault}`,
    hint: 'expected order/cells as in 6/45 78-81 7/300, cells numbered in HEALPix nested order (ICRS)',
  }
}

function intervalFault(text: string, rule: 'temporal' | 'spectral', expected: string): ElementFault | undefined {
  const bounds = text.split(/\s+/).map(Number)
  const [low = Number.NaN, high = Number.NaN] = bounds
  if (bounds.length === 2 && low <= high) return undefined
  return { rule, severity: 'error', message: `"${text}" is no interval`, hint: `expected ${expected}` }
}

function wavebandFault(text: string): ElementFault | undefined {
  if (wavebands.some((one) => one.toLowerCase() === text.toLowerCase())) return undefined
  return {
    rule: 'enumeration',
    severity: 'error',
    message: `"${text}" is no waveband.${didYouMean(text, wavebands)}`,
    hint: `expected ${wavebands.join(', ')}`,
  }
}

/** Searches for a standard look at interfaces with the role std only (VOResource 1.2 §2.2.8). */
function capabilityFault(capability: XmlElement): ElementFault | undefined {
  const standard = attributeOf(capability, 'standardID')
  const ways = childElements(capability, 'interface')
  // Nobody searches for VOSI endpoints.
  if (standard === undefined || /\/std\/vosi\b/i.test(standard) || ways.length === 0) return undefined
  if (ways.some((one) => attributeOf(one, 'role')?.startsWith('std'))) return undefined
  const type = attributeOf(capability, 'type', xsiNamespace) ?? standard
  return {
    rule: 'role-std',
    severity: 'warning',
    message: `no interface of ${type} has the role std`,
    hint: 'add role="std", or searches will not find it',
  }
}

function positionOf(element: XmlElement, text: string, file: string): SourcePosition {
  const before = text.slice(0, element.start)
  const lineStart = before.lastIndexOf('\n') + 1
  return { file, line: before.split('\n').length, column: element.start - lineStart + 1 }
}
