// The list of all rules that descriptors are checked by: what each asks for, where it comes from. Findings name them by
// their keys; documentation, SARIF and a test read the list.

/** Where a rule comes from: the shape of descriptors, a standard beyond any schema, or what helps people find things. */
export type RuleLayer = 'schema' | 'standard' | 'practice'

export interface RuleHelp {
  readonly layer: RuleLayer
  /** What the rule asks for, as one sentence. */
  readonly asks: string
  /** Standard and section. */
  readonly source?: string
}

const schema = (asks: string, source?: string): RuleHelp => ({ layer: 'schema', asks, ...withSource(source) })
const standard = (asks: string, source: string): RuleHelp => ({ layer: 'standard', asks, source })
const practice = (asks: string, source?: string): RuleHelp => ({ layer: 'practice', asks, ...withSource(source) })

function withSource(source: string | undefined): { readonly source?: string } {
  return source === undefined ? {} : { source }
}

/** Every rule by its name, in the order of the documentation. */
export const ruleHelp = {
  'yaml-syntax': schema('A descriptor is a YAML 1.2 (or JSON) document.', 'YAML 1.2'),
  'yaml-tab': schema('Lines are indented with spaces, not tabs.', 'YAML 1.2 §6.1'),
  'yaml-indent': schema('Lines of one level begin in the same column.', 'YAML 1.2 §6.1'),
  'yaml-duplicate-key': schema('A map has each key once.', 'YAML 1.2 §3.2.1.1'),
  'yaml-alias': schema('Aliases lead to anchors, and expand to something of reasonable size.', 'YAML 1.2 §7.1'),
  include: schema('An included file exists inside the resources folder and does not include itself.'),
  type: schema('A resource, capability or interface names a type that exists.'),
  required: schema('What the type requires is there.'),
  'unknown-key': schema('Only keys that the type has are there.'),
  kind: schema('A value is text, number, list or map as its key wants it.'),
  enumeration: schema('A value is one of those listed.'),
  form: schema('A text has the form of what it stands for: an IVOID, an address, a date, a DOI.'),
  length: schema('Texts and lists are neither empty nor longer than allowed.'),
  range: schema('A number lies within its limits.'),
  move: schema('A file of moves names each move once and leads each former address to one place.'),
  xsd: schema(
    'The record that is built, or an XML file, is valid by the official XML Schemas.',
    'Registry Interfaces 1.1 §4.1',
  ),
  'xml-syntax': schema('An XML file is well-formed.', 'XML 1.0'),

  'ivoid-unique': standard(
    'No two resources have IVOIDs that are equal without regard to case.',
    'Identifiers 2.0 §2.2',
  ),
  'authority-ivoid': standard('The IVOID of an authority has no resource key.', 'Registry Interfaces 1.1 §3.1'),
  'alt-identifier-form': standard(
    'DOIs, ORCIDs, RORs and bibcodes are written in their one searchable form.',
    'VOResource 1.2 §2.2.5',
  ),
  'key-case': standard('Keys of standards are in lower case.', 'StandardsRegExt 1.1'),
  vocabulary: standard(
    'Subjects, content types and levels, roles of dates and relations are terms of their vocabularies.',
    'VOResource 1.2 §3.1',
  ),
  'vocabulary-deprecated': standard('Terms are not deprecated.', 'VOResource 1.2 §3.1'),
  date: standard('A date names a real day.', 'VOResource 1.2 §2.2.4'),
  'date-future': standard('What is dated has happened.', 'VOResource 1.2 §3.1.2'),
  'moc-syntax': standard('Spatial coverage is a well-formed ASCII MOC.', 'MOC 2.0 §4.3.2'),
  'moc-size': standard('A MOC in a record stays below a few dozen kilobytes.', 'VODataService 1.2 §3.2'),
  'moc-order': practice(
    'A MOC has order 6 or finer, so that searches by position are sharp.',
    'VODataService 1.2 §3.2',
  ),
  temporal: standard('Time intervals have real bounds, the earlier first.', 'VODataService 1.2 §3.2'),
  spectral: standard('Spectral intervals have finite energies, the lower first.', 'VODataService 1.2 §3.2'),
  'spectral-unit': standard('Spectral coverage without a unit is energy in joule.', 'VODataService 1.2 §3.2'),
  'schema-unique': standard('Schema names are unique in a tableset.', 'VODataService 1.2 §3.3.1'),
  'table-unique': standard('Table names are unique in a tableset.', 'VODataService 1.2 §3.3'),
  'column-unique': standard('Column names are unique in their table.', 'VODataService 1.2 §3.5'),
  'adql-name': standard('Names of tables and columns can be copied into a query.', 'VODataService 1.2 §3.3'),
  'ucd-syntax': standard('A UCD is made of words with semicolons between.', 'UCD 1.1 §3'),
  'ucd-word': standard('Words of UCDs are those of UCD1+.', 'UCD1+ 1.6'),
  'ucd-order': standard('Words of a UCD stand where they may: primary first, secondary after it.', 'UCD1+ 1.6'),
  'unit-syntax': standard('A unit follows the syntax of VOUnits.', 'VOUnits 1.1 §2'),
  'unit-symbol': standard('A unit is made of the symbols of VOUnits.', 'VOUnits 1.1 §2'),
  arraysize: standard('Scalars have no arraysize.', 'VODataService 1.2 §3.5.3'),
  'foreign-key': standard('Foreign keys lead to tables and columns of the same tableset.', 'VODataService 1.2 §3.3'),
  'access-url': standard('A capability has an address.', 'VOResource 1.2 §2.2.8'),
  'web-service': standard('A vr:WebService has a WSDL.', 'VOResource 1.2 §3.2.2'),
  'interface-type': standard(
    'An interface that is a vr:Interface says which one, by xsiType.',
    'VOResource 1.2 §2.2.8',
  ),
  'superseded-type': standard('Resources are written in the types that are in use.', 'VODataService 1.2 §3.1.5'),
  'role-std': standard(
    'A capability of a standard has an interface with the role std; searches look at no others.',
    'VOResource 1.2 §2.2.8',
  ),
  'interface-of-standard': standard('Pages for people have a capability of their own.', 'VOResource 1.2 §2.2.8'),
  'param-std': standard('A parameter says whether it is one of the standard.', 'VODataService 1.2 §3.4'),
  mirror: practice('Mirrors are run by the publisher of the service.', 'VOResource 1.2 §3.2.2'),
  'auxiliary-only': standard('Data that others serve have auxiliary capabilities only.', 'VODataService 1.2 §3.1'),
  'is-served-by': standard('Who has an auxiliary capability says by whom it is served.', 'VODataService 1.2 §2.2.3'),
  'tap-once': standard('A service has one TAP capability.', 'TAP 1.1 §2.4'),
  'tap-complete': standard('A TAP capability names languages and output formats.', 'TAPRegExt 1.0 §2'),
  'tap-votable': standard('VOTable is among the output formats of a TAP service.', 'TAP 1.1 §2.7.3'),
  'tap-upload': standard('Who takes uploads takes them inline.', 'TAP 1.1 §2.5'),
  'tap-base': standard('The address of a TAP service is the one to which /sync is appended.', 'TAP 1.1 §2'),
  'udf-form': standard('User-defined functions are declared as name(argument TYPE, …) -> TYPE.', 'ADQL 2.1 §4.3.2'),
  extension: standard('Extensions are well-formed XML.', 'VOResource 1.2 §2.1'),
  'served-by': standard(
    'servedBy leads to a service that is described and can be queried.',
    'VODataService 1.2 §2.2.3',
  ),
  'catalog-schema': standard('The schemas of a catalog are in the tableset of its service.', 'VODataService 1.2 §3.3'),
  reference: standard('IVOIDs of our own authorities lead to resources that are described.', 'VOResource 1.2 §3.1'),
  'authority-record': standard('Each authority has a vg:Authority record.', 'Registry Interfaces 1.1 §2.4'),
  'managed-authority': standard(
    'The registry manages the authorities of what it publishes.',
    'Registry Interfaces 1.1 §2.4',
  ),
  'one-registry': standard('One resource is this registry.', 'Registry Interfaces 1.1 §3.2'),

  'contact-email': practice('A contact has an email that will still be read in years.', 'VOResource 1.2 §3.1.2'),
  'description-short': practice('A description tells enough to choose by.', 'VOResource 1.2 §3.1.3'),
  'description-html': practice('A description is plain text.', 'VOResource 1.2 §3.1.3'),
  'creator-list': practice('Each creator has an entry of its own.', 'VOResource 1.2 §3.1.2'),
  'latin-name': practice('Names are written in Latin letters.', 'VOResource 1.2 §2.2.3'),
  'reference-page': practice(
    'referenceUrl leads to a page for people, not to the service itself.',
    'VOResource 1.2 §3.1.3',
  ),
  'missing-creators': practice('Data name who made them.', 'VOResource 1.2 §3.1.2'),
  'missing-wavebands': practice('Data name their wavebands; pyvo and TOPCAT filter by them.', 'VODataService 1.2 §3.2'),
  'missing-spatial': practice('Data have a spatial coverage; searches by position need it.', 'VODataService 1.2 §3.2'),
  'missing-temporal': practice('Data have a temporal coverage; searches by time need it.', 'VODataService 1.2 §3.2'),
  'missing-spectral': practice('Data have a spectral coverage; searches by energy need it.', 'VODataService 1.2 §3.2'),
  'missing-doi': practice('Data can be cited, by a DOI or a bibcode.', 'VOResource 1.2 §2.2.5'),
  'missing-rights': practice('Data say who may use them.', 'VOResource 1.2 §3.2.2'),
  'rights-uri': practice('The first rights have the address of the licence at spdx.org.', 'VOResource 1.2 §3.2.2'),
  'missing-tableset': practice('Catalogs list their tables and columns.', 'VODataService 1.2 §3.1.3'),
  'capability-description': practice('Each of several capabilities has a description.', 'VOResource 1.2 §2.2.8'),
  'same-capability': practice(
    'Capabilities that pyvo takes for the same standard can be told apart by their descriptions.',
  ),
} as const satisfies Readonly<Record<string, RuleHelp>>

export type RuleName = keyof typeof ruleHelp

/** All rules with their names, in the order of the list. */
export function allRules(): readonly (RuleHelp & { readonly name: RuleName })[] {
  // Object.entries forgets which keys there are.
  return (Object.keys(ruleHelp) as RuleName[]).map((name) => ({ name, ...ruleHelp[name] }))
}
