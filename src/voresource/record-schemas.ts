// Built records and XML files + the official schemas → findings that point to the descriptor, or into the file.
import { readXml } from '../xml/reader.js'
import type { SchemaViolation } from '../xml/schema-validation.js'
import { capabilityOrigins } from './build.js'
import type { BuildContext } from './context.js'
import { descriptorPath, elementAtLine, pathText, statedPart } from './descriptor-terms.js'
import type { XmlFile } from './document-check.js'
import type { Finding } from './finding.js'
import type { LoadedDescriptor } from './load.js'
import type { Path } from './source-file.js'

/** Judges one document by the XML schemas. */
export type DocumentValidator = (xml: string) => readonly SchemaViolation[]

/** What the schemas have against the record of a descriptor, built in that context. */
export function recordViolations(
  loaded: LoadedDescriptor,
  xml: string,
  validate: DocumentValidator,
  context: BuildContext,
): readonly Finding[] {
  const violations = validate(xml)
  if (violations.length === 0) return []
  const root = readXml(xml)
  const origins = capabilityOrigins(loaded.descriptor, context)
  return violations.map((violation): Finding => {
    const path = descriptorPath(elementAtLine(root, violation.line, elementName(violation)))
    const { pointer } = statedPart(loaded.descriptor, ofDescriptor(path, origins))
    const where = path.length === 0 ? 'the record' : pathText(path)
    return {
      ...loaded.locate(pointer),
      rule: 'xsd',
      severity: 'error',
      message: `${where}: ${readable(violation.message)} (line ${violation.line} of the record: ${lineOf(xml, violation.line)})`,
      hint: 'the value named here, or one beside it, does not fit the official schema; `waymark diff --xml` shows the record',
      pointer,
    }
  })
}

/** What the schemas have against an XML file. */
export function fileViolations({ file, text }: XmlFile, validate: DocumentValidator): readonly Finding[] {
  return validate(text).map(
    (violation): Finding => ({
      file,
      line: Math.max(violation.line, 1),
      column: Math.max(lineText(text, violation.line).search(/\S/) + 1, 1),
      rule: 'xsd',
      severity: 'error',
      message: readable(violation.message),
      hint: 'correct the element in this line, or those before it that it should follow',
    }),
  )
}

/** Namespaces in braces make messages unreadable; the name says enough. */
function readable(message: string): string {
  return message.replaceAll(/\{http[^}]*\}/g, '').replace(/\.$/, '')
}

function elementName({ message }: SchemaViolation): string | undefined {
  return /^Element '(?:\{[^}]*\})?([^']+)'/.exec(message)?.[1]
}

/** Indexes of `capability` elements → those of the descriptor's capabilities; what the program supplies is its `self`. */
function ofDescriptor(path: Path, origins: readonly (number | undefined)[]): Path {
  const [first, index, ...rest] = path
  if (first !== 'capabilities' || typeof index !== 'number') return path
  const origin = origins[index]
  return origin === undefined ? ['self'] : [first, origin, ...rest]
}

function lineText(xml: string, line: number): string {
  return xml.split('\n')[line - 1] ?? ''
}

function lineOf(xml: string, line: number): string {
  const text = lineText(xml, line).trim()
  return text.length > 100 ? `${text.slice(0, 100)}…` : text
}
