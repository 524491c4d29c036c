// The six verbs over a RecordSource: arguments as sent → the OAI-PMH document that answers them (OAI-PMH 2.0 §4).
import { type Datestamp, toDatestamp } from '../core/datestamp.js'
import { isIvoid, sameIvoid } from '../core/ivoid.js'
import type { ResourceRecord } from '../core/record.js'
import { escapeText } from '../xml/escape.js'
import { type OaiRequest, readArguments } from './arguments.js'
import { asPayload, closeEnvelope, errorElements, headerElement, openEnvelope, recordElement } from './envelope.js'
import { findFormat, listPage } from './list.js'
import { type MetadataFormat, metadataFormats } from './metadata-formats.js'
import { type OaiArgument, OaiError, type OaiProblem, quoted } from './problem.js'
import { type OaiProvider, setsOf, setsOffered } from './provider.js'
import { readResumptionToken } from './resumption-token.js'

/** An answer ready to be sent; always HTTP 200. */
export interface OaiAnswer {
  readonly chunks: AsyncIterable<string>
  /** Last change of what is answered, where that is known: GetRecord. */
  readonly lastModified?: Datestamp
  readonly isError: boolean
}

interface VerbAnswer {
  readonly elements: AsyncIterable<string> | Iterable<string>
  readonly lastModified?: Datestamp
}

/**
 * Answers a request. What is wrong with the request is part of the answer; what is thrown is not the client's doing
 * (kind `unavailable`, `internal`) or not worth reading on (`limit`).
 */
export async function answer(provider: OaiProvider, sent: readonly OaiArgument[]): Promise<OaiAnswer> {
  const responseDate = toDatestamp(provider.clock())
  try {
    const request = readArguments(sent)
    const found = await answerRequest(provider, request)
    const opening = openEnvelope(provider.frame, responseDate, sent)
    return {
      chunks: inChunks(opening, found.elements),
      isError: false,
      ...(found.lastModified === undefined ? {} : { lastModified: found.lastModified }),
    }
  } catch (error) {
    if (!(error instanceof OaiError)) throw error
    return { chunks: errorDocument(provider, responseDate, error.problems, sent), isError: true }
  }
}

/** The document for a request that never got as far as having arguments: too long, not a form. */
export function refusal(provider: OaiProvider, problem: OaiProblem): AsyncIterable<string> {
  return errorDocument(provider, toDatestamp(provider.clock()), [problem], [])
}

function errorDocument(
  provider: OaiProvider,
  responseDate: Datestamp,
  problems: readonly OaiProblem[],
  sent: readonly OaiArgument[],
): AsyncIterable<string> {
  // OAI-PMH 2.0 §3.2: with badVerb and badArgument the request element has no attributes.
  const isMalformed = problems.some(({ code }) => code === 'badVerb' || code === 'badArgument')
  return inChunks(openEnvelope(provider.frame, responseDate, isMalformed ? [] : sent), [errorElements(problems)])
}

async function answerRequest(provider: OaiProvider, request: OaiRequest): Promise<VerbAnswer> {
  switch (request.verb) {
    case 'Identify':
      return identify(provider)
    case 'ListMetadataFormats':
      return listMetadataFormats(provider, request.identifier)
    case 'ListSets':
      if (!('resumptionToken' in request)) return listSets(provider)
      throw problem('badResumptionToken', 'The list of sets is never split; ask without a token.')
    case 'GetRecord':
      return getRecord(provider, request.identifier, request.metadataPrefix)
    case 'ListIdentifiers':
    case 'ListRecords': {
      if (!('resumptionToken' in request))
        return { elements: await listPage(provider, { verb: request.verb, list: request }) }
      const { verb, resumptionToken } = request
      const continued = readResumptionToken(resumptionToken, verb, provider.tokenKey, provider.clock())
      return { elements: await listPage(provider, { verb, list: continued.list, continued }) }
    }
  }
}

/** OAI-PMH 2.0 §4.2 in schema order; the description is the registry's own record and nothing else (RI 1.1 §2.5). */
async function identify(provider: OaiProvider): Promise<VerbAnswer> {
  const [self, earliest] = await Promise.all([provider.self(), provider.records.earliestDatestamp()])
  const emails = self.adminEmails.map((email) => `<adminEmail>${escapeText(email)}</adminEmail>\n`).join('')
  return {
    elements: [
      `<Identify>
<repositoryName>${escapeText(self.title)}</repositoryName>
<baseURL>${escapeText(provider.frame.baseUrl)}</baseURL>
<protocolVersion>2.0</protocolVersion>
${emails}<earliestDatestamp>${earliest ?? self.record.datestamp}</earliestDatestamp>
<deletedRecord>persistent</deletedRecord>
<granularity>YYYY-MM-DDThh:mm:ssZ</granularity>
<compression>gzip</compression>
<description>
${asPayload(self.record.xml)}
</description>
</Identify>
`,
    ],
  }
}

async function listMetadataFormats(provider: OaiProvider, identifier: string | undefined): Promise<VerbAnswer> {
  const record = identifier === undefined ? undefined : await find(provider, identifier)
  const formats = metadataFormats.filter(
    (format) => format.coversAll || record === undefined || canWrite(format, record),
  )
  const elements = formats.map(
    ({ prefix, schema, namespace }) =>
      `<metadataFormat><metadataPrefix>${prefix}</metadataPrefix><schema>${schema}</schema><metadataNamespace>${namespace}</metadataNamespace></metadataFormat>\n`,
  )
  return { elements: ['<ListMetadataFormats>\n', ...elements, '</ListMetadataFormats>\n'] }
}

function canWrite(format: MetadataFormat, record: ResourceRecord): boolean {
  return record.status !== 'deleted' && format.write(record) !== undefined
}

async function listSets(provider: OaiProvider): Promise<VerbAnswer> {
  const { isFull } = await provider.self()
  const sets = setsOffered(isFull).map(
    ({ spec, name }) => `<set><setSpec>${spec}</setSpec><setName>${name}</setName></set>\n`,
  )
  return { elements: ['<ListSets>\n', ...sets, '</ListSets>\n'] }
}

async function getRecord(provider: OaiProvider, identifier: string, metadataPrefix: string): Promise<VerbAnswer> {
  const format = findFormat(metadataPrefix)
  const record = await find(provider, identifier)
  const payload = record.status === 'deleted' ? undefined : format.write(record)
  if (payload === undefined && record.status !== 'deleted') {
    throw problem('cannotDisseminateFormat', `${record.ivoid} cannot be had as ${format.prefix}; it has no DOI.`)
  }
  const { isFull } = await provider.self()
  const header = headerElement(record, setsOf(record, provider.ivoid, isFull))
  return {
    elements: ['<GetRecord>\n', recordElement(header, payload), '</GetRecord>\n'],
    lastModified: record.datestamp,
  }
}

/** The record of an identifier in any case; throws OaiError idDoesNotExist. */
async function find(provider: OaiProvider, identifier: string): Promise<ResourceRecord> {
  // What is no IVOID cannot be here; a stranger's rubbish never becomes a query.
  const record = isIvoid(identifier) && identifier.length <= 1000 ? await provider.records.get(identifier) : undefined
  if (record !== undefined) {
    if (sameIvoid(record.origin, provider.ivoid) || (await provider.self()).isFull) return record
  }
  throw problem('idDoesNotExist', `There is no record ${quoted(identifier)} in this registry.`)
}

function problem(code: OaiProblem['code'], message: string): OaiError {
  return new OaiError([{ code, message }])
}

/** Characters in one chunk: few enough to be sent at once, many enough that counting chunks costs nothing. */
const chunkCharacters = 65_536

async function* inChunks(opening: string, elements: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string> {
  let chunk = opening
  for await (const element of elements) {
    chunk += element
    if (chunk.length >= chunkCharacters) {
      yield chunk
      chunk = ''
    }
  }
  yield chunk + closeEnvelope
}
