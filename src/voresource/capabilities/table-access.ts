// tr:TableAccess: a TAP service, its languages, formats and limits (TAPRegExt 1.0 §2; TAP 1.1 §2.4).
import type { XmlWriter } from '../../xml/writer.js'
import type { BuildContext } from '../context.js'
import type { Interface } from '../interfaces.js'
import { ivoUriPattern } from '../names.js'
import { either, group, type Infer, type InferGroup, integer, list, map, object, oneOf, text } from '../shape.js'
import { type CapabilityType, capabilityGroup, writeCapability } from './capability.js'
import { readTableAccess } from './table-access-read.js'
import { type Endpoint, endpointsShape, writeEndpointCapabilities } from './vosi.js'

const standardId = 'ivo://ivoa.net/std/TAP'

/** Short names of the lists of optional features → their IVOIDs, in lower case (ADQL 2.1 §4.1). */
const featureTypes: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'udf',
    'adqlgeo',
    'adql-string',
    'adql-common-table',
    'adql-sets',
    'adql-type',
    'adql-conditional',
    'adql-unit',
    'adql-offset',
  ].map((name) => [name, `ivo://ivoa.net/std/tapregext#features-${name}`]),
)

/** IVOIDs of the upload methods (TAPRegExt 1.0 §2.5). */
const uploadMethods: Readonly<Record<string, string>> = Object.fromEntries(
  ['inline', 'http', 'https', 'ftp'].map((name) => [name, `ivo://ivoa.net/std/TAPRegExt#upload-${name}`]),
)

const languageShape = object(
  'A query language.',
  {
    name: text('Value of LANG without version.', { pattern: '^[A-Za-z_][\\w.\\-]*$', examples: ['ADQL'] }),
    versions: list('Versions.', text('A version.', { pattern: '^[A-Za-z0-9._-]+$', examples: ['2.0', '2.1'] }), {
      minItems: 1,
    }),
  },
  {
    description: text('Remarks.'),
    features: map(
      `Optional features by list: ${Object.keys(featureTypes).join(', ')}, or the IVOID of another list.`,
      list(
        'Features.',
        either(
          'A feature.',
          text('Its form: a word of the language, or the signature of a function.'),
          object('A feature with description.', { form: text('Its form.') }, { description: text('What it does.') }),
        ),
      ),
    ),
  },
)

const outputFormatShape = either(
  'An output format.',
  text('Media type.'),
  object(
    'An output format.',
    { mime: text('Media type.') },
    {
      aliases: list('Short forms.', text('A short form.')),
      ivoid: text('Key of the format, as ivo://ivoa.net/std/TAPRegExt#output-votable-td.', { pattern: ivoUriPattern }),
    },
  ),
)

const limits = (description: string) =>
  object(
    description,
    {},
    { default: integer('When nothing else is asked for.', { minimum: 0 }), hard: integer('At most.', { minimum: 0 }) },
  )

/** What a TAP service can do; for our own service the program supplies it. */
const factsGroup = group(
  {},
  {
    dataModels: list(
      'Data models its tables follow, where a standard asks for it here (RegTAP, ObsCore, EPN-TAP).',
      object(
        'A data model.',
        { name: text('Name and version.'), ivoid: text('IVOID of the model.', { pattern: ivoUriPattern }) },
        {},
      ),
    ),
    languages: list('Query languages.', languageShape, { minItems: 1 }),
    outputFormats: list('Output formats; VOTable is one of them.', outputFormatShape, { minItems: 1 }),
    uploadMethods: list(
      'Ways to upload tables; none means no uploads.',
      text('A method of the standard (inline, http, https, ftp), or the IVOID of another way.', {
        pattern: `^(?:inline|https?|ftp)$|${ivoUriPattern}`,
        examples: ['inline', 'https'],
      }),
    ),
    retentionPeriodSeconds: limits('How long results of jobs are kept.'),
    executionDurationSeconds: limits('How long a query may run.'),
    outputLimitRows: limits('Rows of a result.'),
    outputLimitBytes: limits('Bytes of a result.'),
    uploadLimitRows: limits('Rows of an upload.'),
    uploadLimitBytes: limits('Bytes of an upload.'),
  },
)

export type TableAccessFacts = InferGroup<typeof factsGroup>

const shape = object(
  'A TAP service.',
  { type: oneOf('TAP (Table Access Protocol).', ['tr:TableAccess']) },
  { ...capabilityGroup.optional, ...factsGroup.optional, endpoints: endpointsShape },
  { title: 'TAP service' },
)

export type TableAccess = Infer<typeof shape>

export const tableAccess: CapabilityType<TableAccess> = {
  type: 'tr:TableAccess',
  xsiType: 'tr:TableAccess',
  title: 'TAP: queries over tables',
  shape,
  example: `type: tr:TableAccess
description: Queries in ADQL over all tables of the archive.
accessUrl: https://archive.example.edu/tap
endpoints: [capabilities, availability, tables, examples]
dataModels: [{ name: ObsCore 1.1, ivoid: 'ivo://ivoa.net/std/ObsCore#core-1.1' }]
languages:
  - name: ADQL
    versions: ['2.0', '2.1']
    features:
      adqlgeo: [POINT, CIRCLE, CONTAINS]
      adql-sets: [UNION, EXCEPT, INTERSECT]
      udf: [{ form: 'ivo_hasword(haystack VARCHAR, needle VARCHAR) -> INTEGER', description: Finds whole words. }]
outputFormats:
  - { mime: application/x-votable+xml, aliases: [votable], ivoid: 'ivo://ivoa.net/std/TAPRegExt#output-votable-td' }
  - { mime: text/csv;header=present, aliases: [csv] }
uploadMethods: [inline, https]
retentionPeriodSeconds: { default: 172800 }
executionDurationSeconds: { default: 600, hard: 3600 }
outputLimitRows: { default: 100000, hard: 10000000 }
uploadLimitBytes: { hard: 50000000 }
`,
  read: (capability) => readTableAccess(capability, { features: featureTypes, uploads: uploadMethods }),
  build(given, xml, context) {
    const capability = given.self === true ? ownService(given, context) : given
    // TAPRegExt 1.1 §2.8: a ParamHTTP interface with the service root and its version.
    const standard = { type: 'vs:ParamHTTP', role: 'std', version: '1.1', use: 'base' } as const
    const interfaces = [...(capability.interfaces ?? []), ...daliInterfaces(capability, context)]
    const head = { xsiType: 'tr:TableAccess', standardId, interface: standard }
    writeCapability({ ...capability, interfaces }, head, xml, () => writeFacts(capability, xml))
    writeEndpointCapabilities(capability.accessUrl, capability.endpoints ?? [], xml)
  },
}

/**
 * TAPRegExt 1.1 §2.8: the resources below the service root. The conservative profile has no such interface. It bears no
 * role: of two interfaces with the role std pyvo's get_service("tap") takes neither.
 */
function daliInterfaces(capability: TableAccess, context: BuildContext): readonly Interface[] {
  const { accessUrl, endpoints = [], interfaces = [] } = capability
  const isStated = interfaces.some((one) => one.type === 'tr:DALIInterface')
  if (context.profile !== 'current' || accessUrl === undefined || isStated) return []
  const names = [...new Set(['sync', 'async', 'tables', ...endpoints])]
  return [{ type: 'tr:DALIInterface', version: '1.1', accessUrl, use: 'base', endpoints: names }]
}

function ownService(given: TableAccess, context: BuildContext): TableAccess {
  const endpoints: readonly Endpoint[] = ['capabilities', 'availability', 'tables', 'examples']
  return { endpoints, ...context.self.tableAccess, ...given, accessUrl: `${context.self.baseUrl}/tap` }
}

function writeFacts(facts: TableAccessFacts, xml: XmlWriter): void {
  for (const { name, ivoid } of facts.dataModels ?? []) xml.token('dataModel', name, { 'ivo-id': ivoid })
  for (const language of facts.languages ?? []) writeLanguage(language, xml)
  for (const format of facts.outputFormats ?? []) {
    const { mime, aliases, ivoid } =
      typeof format === 'string' ? { mime: format } : { aliases: [], ivoid: undefined, ...format }
    xml.element('outputFormat', { 'ivo-id': ivoid }, () => {
      xml.token('mime', mime)
      xml.tokens('alias', aliases)
    })
  }
  for (const method of facts.uploadMethods ?? [])
    xml.empty('uploadMethod', { 'ivo-id': uploadMethods[method] ?? method })
  writeTimeLimits('retentionPeriod', facts.retentionPeriodSeconds, xml)
  writeTimeLimits('executionDuration', facts.executionDurationSeconds, xml)
  writeDataLimits('outputLimit', facts.outputLimitRows, facts.outputLimitBytes, xml)
  writeDataLimits('uploadLimit', facts.uploadLimitRows, facts.uploadLimitBytes, xml)
}

function writeLanguage(language: NonNullable<TableAccessFacts['languages']>[number], xml: XmlWriter): void {
  xml.element('language', {}, () => {
    xml.token('name', language.name)
    for (const version of language.versions) {
      // Only ADQL has published version keys (ADQL 2.1 §4).
      xml.token('version', version, {
        'ivo-id': language.name === 'ADQL' ? `ivo://ivoa.net/std/ADQL#v${version}` : undefined,
      })
    }
    xml.token('description', language.description)
    for (const [type, features] of Object.entries(language.features ?? {})) {
      // ADQL 2.1 §4.1 writes the IVOIDs of its features in lower case.
      const list =
        featureTypes[type] ?? type.replace(/^ivo:\/\/ivoa\.net\/std\/tapregext#.*$/i, (known) => known.toLowerCase())
      xml.element('languageFeatures', { type: list }, () => {
        for (const feature of features) {
          const { form, description } =
            typeof feature === 'string' ? { form: feature } : { description: undefined, ...feature }
          xml.element('feature', {}, () => {
            xml.token('form', form)
            xml.text('description', description)
          })
        }
      })
    }
  })
}

interface Limits {
  readonly default?: number
  readonly hard?: number
}

function writeTimeLimits(name: string, limits: Limits | undefined, xml: XmlWriter): void {
  if (limits === undefined) return
  xml.element(name, {}, () => {
    xml.token('default', limits.default)
    xml.token('hard', limits.hard)
  })
}

function writeDataLimits(name: string, rows: Limits | undefined, bytes: Limits | undefined, xml: XmlWriter): void {
  // One element each in TAPRegExt 1.0; each bound states its unit, so the two may differ in it.
  const bound = (key: 'default' | 'hard') => {
    if (rows?.[key] !== undefined) xml.token(key, rows[key], { unit: 'row' })
    else xml.token(key, bytes?.[key], { unit: 'byte' })
  }
  if (rows === undefined && bytes === undefined) return
  xml.element(name, {}, () => {
    bound('default')
    bound('hard')
  })
}
