// A registry's public address → what the Registry of Registries will find wrong with it, check by check, before one
// registers. Everything is asked over HTTP at the public address, so that proxies are part of the examination.
import type { Clock } from '../core/clock.js'
import { askRegistry, harvestPages } from '../oai/client.js'
import { type ClientOptions, requestUrl } from '../oai/client-request.js'
import { readXml, type XmlElement } from '../xml/reader.js'
import { addressChecks } from './doctor-address.js'
import { authorityFinding } from './doctor-authorities.js'
import { probes } from './doctor-probes.js'
import { type RegistryUnderTest, recordRules } from './doctor-rules.js'
import type { Directory } from './harvest-directory.js'

/** The result of one check. A warning does not keep a registry from being listed. */
export interface DoctorFinding {
  /** The rule's name with the Registry of Registries, or the checked property of the address. */
  readonly check: string
  readonly outcome: 'passed' | 'warning' | 'failed'
  /** What was found and, if it is wrong, what was expected. */
  readonly message: string
}

export interface DoctorOptions {
  /** Public address of OAI-PMH, as harvesters will have it: `https://vo.example.org/oai`. */
  readonly oaiUrl: string
  readonly client: ClientOptions
  readonly clock: Clock
  /** Gives the list of all registries; left out, nobody is asked whose the authorities are. */
  readonly listRegistries?: () => Promise<Directory>
  /** Judges a document by the official XML schemas; left out, the schemas are not checked. */
  readonly validate?: (xml: string) => readonly { readonly line: number; readonly message: string }[]
}

/** Examines a registry; findings come as they are made. Throws nothing but an abort: what fails is a finding. */
export async function* examineRegistry(options: DoctorOptions): AsyncGenerator<DoctorFinding> {
  yield* addressChecks(options.oaiUrl, options.client)
  for (const probe of probes) yield await runProbe(options, probe)
  try {
    const registry = await readRegistry(options)
    yield* recordRules(registry, options.clock())
    yield await authorityFinding(registry.identify, options.listRegistries)
    yield* validateDocuments(registry.documents, options)
  } catch (error) {
    options.client.signal?.throwIfAborted()
    yield { check: 'RI3.1.1', outcome: 'failed', message: error instanceof Error ? error.message : String(error) }
  }
}

async function runProbe(options: DoctorOptions, probe: (typeof probes)[number]): Promise<DoctorFinding> {
  const url = `${options.oaiUrl}?${probe.query}`
  const check = `probe ${probe.query}`
  try {
    const response = await options.client.fetch(url, {
      headers: { 'user-agent': options.client.userAgent, accept: 'text/xml' },
      ...(options.client.signal === undefined ? {} : { signal: options.client.signal }),
    })
    const text = await response.text()
    if (!response.ok) return { check, outcome: 'failed', message: `HTTP status ${response.status}; expected 200` }
    readXml(text)
    const codes = [...text.matchAll(/<(?:\w+:)?error\b[^>]*\bcode="(\w+)"/g)].map((match) => match[1] ?? '')
    const found = codes.length === 0 ? 'no error' : codes.join(', ')
    const isExpected =
      codes.length === 0 ? probe.accepts.includes('success') : codes.some((code) => probe.accepts.includes(code))
    return isExpected
      ? { check, outcome: 'passed', message: found }
      : { check, outcome: 'failed', message: `${found}; expected ${probe.accepts.join(' or ')}` }
  } catch (error) {
    options.client.signal?.throwIfAborted()
    return { check, outcome: 'failed', message: error instanceof Error ? error.message : String(error) }
  }
}

async function readRegistry(options: DoctorOptions): Promise<RegistryUnderTest> {
  const { oaiUrl, client } = options
  const ask = (verb: string): Promise<XmlElement> => askRegistry(oaiUrl, { verb }, client)
  const [identify, formats, sets] = [await ask('Identify'), await ask('ListMetadataFormats'), await ask('ListSets')]
  const documents: string[] = []
  const records: XmlElement[] = []
  for await (const page of harvestPages({ baseUrl: oaiUrl, metadataPrefix: 'ivo_vor', set: 'ivo_managed' }, client)) {
    documents.push(page.document)
    readXml(page.document, { onElement: { name: 'record', handle: (record) => records.push(record) } })
  }
  return { oaiUrl, identify, formats, sets, records, documents }
}

function* validateDocuments(documents: readonly string[], options: DoctorOptions): Generator<DoctorFinding> {
  if (options.validate === undefined) {
    yield { check: 'VRvalid', outcome: 'warning', message: 'not checked: no folder of XML schemas was given' }
    return
  }
  for (const [index, document] of documents.entries()) {
    const [first, ...others] = options.validate(document)
    const part = `part ${index + 1} of ${requestUrl(options.oaiUrl, { verb: 'ListRecords', metadataPrefix: 'ivo_vor', set: 'ivo_managed' })}`
    yield first === undefined
      ? { check: 'VRvalid', outcome: 'passed', message: `${part} is valid` }
      : {
          check: 'VRvalid',
          outcome: 'failed',
          message: `${part}, line ${first.line}: ${first.message}${others.length === 0 ? '' : ` (and ${others.length} more)`}`,
        }
  }
}
