// A record → oai_dc, the format every OAI-PMH repository must offer (OAI-PMH 2.0 §5; RI 1.1 §2.2). The mapping follows
// the Dublin Core terms named in the VOResource 1.2 schema.
import { escapeText } from '../xml/escape.js'
import { namespaceUri, xsiNamespace } from '../xml/namespaces.js'
import { readRecordFacts } from './record-facts.js'

const container = namespaceUri('oai_dc')

/** The `oai_dc:dc` element of a VOResource document. */
export function writeDublinCore(recordXml: string): string {
  const facts = readRecordFacts(recordXml)
  const elements: readonly (readonly [name: string, values: readonly string[]])[] = [
    ['title', [facts.title]],
    ['identifier', [facts.identifier, ...facts.altIdentifiers, facts.referenceUrl]],
    ['creator', facts.creators],
    ['publisher', [facts.publisher]],
    ['contributor', facts.contributors],
    ['date', facts.dates],
    ['subject', [...facts.subjects, ...facts.contentLevels]],
    ['description', [facts.description]],
    ['source', [facts.source]],
    ['type', facts.types],
    ['relation', facts.relations],
    ['coverage', facts.wavebands],
    ['rights', facts.rights.map((rights) => rights.text)],
  ]
  const lines = elements.flatMap(([name, values]) =>
    values.filter((value) => value !== '').map((value) => `<dc:${name}>${escapeText(value)}</dc:${name}>\n`),
  )
  return `<oai_dc:dc xmlns:oai_dc="${container}" xmlns:dc="${namespaceUri('dc')}" xmlns:xsi="${xsiNamespace}" xsi:schemaLocation="${container} http://www.openarchives.org/OAI/2.0/oai_dc.xsd">
${lines.join('')}</oai_dc:dc>`
}
