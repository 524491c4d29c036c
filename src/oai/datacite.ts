// A record with a DOI → oai_datacite: DataCite 4 metadata in the wrapper DataCite made for OAI-PMH.

import { escapeAttribute, escapeText } from '../xml/escape.js'
import { xsiNamespace } from '../xml/namespaces.js'
import { doiOf, type RecordFacts, readRecordFacts } from './record-facts.js'

/** Namespace of the wrapper. */
export const dataciteWrapperNamespace = 'http://schema.datacite.org/oai/oai-1.1/'
/** Schema of the wrapper. */
export const dataciteWrapperSchema = 'http://schema.datacite.org/oai/oai-1.1/oai.xsd'
const kernelNamespace = 'http://datacite.org/schema/kernel-4'
const kernelSchema = 'https://schema.datacite.org/meta/kernel-4.4/metadata.xsd'

/** DataCite 4.4 §2.1, code for a required value that nobody knows. */
const unknownValue = ':unkn'

/** True when the document may name a DOI; a quick look that spares reading the others. */
export function mayHaveDoi(recordXml: string): boolean {
  return /<altIdentifier\b[^>]*>\s*(?:doi:|https?:\/\/(?:dx\.)?doi\.org\/)10\./i.test(recordXml)
}

/** The `oai_datacite` element of a VOResource document, undefined when the record has no DOI. */
export function writeDatacite(recordXml: string): string | undefined {
  if (!mayHaveDoi(recordXml)) return undefined
  const facts = readRecordFacts(recordXml)
  const doi = doiOf(facts)
  if (doi === undefined) return undefined
  return `<oai_datacite xmlns="${dataciteWrapperNamespace}" xmlns:xsi="${xsiNamespace}" xsi:schemaLocation="${dataciteWrapperNamespace} ${dataciteWrapperSchema}">
<schemaVersion>4.4</schemaVersion>
<datacentreSymbol>${escapeText(facts.publisher === '' ? unknownValue : facts.publisher)}</datacentreSymbol>
<payload>
<resource xmlns="${kernelNamespace}" xsi:schemaLocation="${kernelNamespace} ${kernelSchema}">
${kernelElements(facts, doi)}</resource>
</payload>
</oai_datacite>`
}

/** DataCite 4.4 §2: identifier, creators, titles, publisher, publicationYear and resourceType are mandatory. */
function kernelElements(facts: RecordFacts, doi: string): string {
  const creators = facts.creators.length > 0 ? facts.creators : [unknownValue]
  return [
    `<identifier identifierType="DOI">${escapeText(doi)}</identifier>\n`,
    list('creators', creators, (name) => `<creator><creatorName>${name}</creatorName></creator>`),
    list('titles', [facts.title], (title) => `<title>${title}</title>`),
    `<publisher>${escapeText(facts.publisher === '' ? unknownValue : facts.publisher)}</publisher>\n`,
    `<publicationYear>${escapeText(/\d{4}/.exec(facts.dates[0] ?? '')?.[0] ?? unknownValue)}</publicationYear>\n`,
    `<resourceType resourceTypeGeneral="Dataset">${escapeText(facts.types[0] ?? 'Catalog')}</resourceType>\n`,
    list('subjects', facts.subjects, (subject) => `<subject>${subject}</subject>`),
    list(
      'contributors',
      facts.contributors,
      (name) => `<contributor contributorType="Other"><contributorName>${name}</contributorName></contributor>`,
    ),
    list(
      'alternateIdentifiers',
      [facts.identifier],
      (ivoid) => `<alternateIdentifier alternateIdentifierType="IVOID">${ivoid}</alternateIdentifier>`,
    ),
    facts.version === '' ? '' : `<version>${escapeText(facts.version)}</version>\n`,
    facts.rights.length === 0
      ? ''
      : `<rightsList>${facts.rights.map(({ text, uri }) => `<rights${uri === undefined ? '' : ` rightsURI="${escapeAttribute(uri)}"`}>${escapeText(text)}</rights>`).join('')}</rightsList>\n`,
    list(
      'descriptions',
      facts.description === '' ? [] : [facts.description],
      (description) => `<description descriptionType="Abstract">${description}</description>`,
    ),
  ].join('')
}

function list(name: string, values: readonly string[], element: (escaped: string) => string): string {
  if (values.length === 0) return ''
  return `<${name}>${values.map((value) => element(escapeText(value))).join('')}</${name}>\n`
}
