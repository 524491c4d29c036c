// A registry's base URL → the pages of a list, one after the other, until the list is complete.
import { type Datestamp, readTimestamp } from '../core/datestamp.js'
import { attributeOf, childElements, firstChild, readXml, textOf, type XmlElement } from '../xml/reader.js'
import { type ClientOptions, fetchText, HarvestError, requestUrl } from './client-request.js'

/** What to harvest. */
export interface HarvestRequest {
  readonly baseUrl: string
  /** ListRecords where nothing else is said. */
  readonly verb?: 'ListRecords' | 'ListIdentifiers'
  readonly metadataPrefix: string
  readonly set?: string
  /** A day or a second, inclusive. Days are understood by every server (OAI-PMH 2.0 §3.3). */
  readonly from?: string
  readonly until?: string
}

/** One part of a list as it came. */
export interface HarvestPage {
  /** The whole OAI-PMH document. */
  readonly document: string
  /** The server's clock; of the first page, it is where the next harvest begins. Undefined when it cannot be read. */
  readonly responseDate: Datestamp | undefined
  readonly completeListSize: number | undefined
  /** Where the list goes on; empty at its end. */
  readonly token: string
  /** The list was begun anew, because the server no longer knew its own token; records may come a second time. */
  readonly isRestart: boolean
}

/** Parts of one list at most; a server that goes on longer is going in circles. */
const maxPages = 100_000

/**
 * Harvests a list, from its beginning or from a token that an earlier harvest has come to. A list without a match is one
 * without pages. Only when the iterable ends by itself is the list complete. Throws HarvestError when the server fails
 * for good, answers something that is not OAI-PMH, or never ends.
 */
export async function* harvestPages(
  request: HarvestRequest,
  options: ClientOptions,
  reached?: string,
): AsyncGenerator<HarvestPage> {
  const first = firstArguments(request)
  let sent = reached === undefined ? first : continued(request, reached)
  let isRestart = false
  let restarts = 0
  const tokens = new Set<string>()
  for (let page = 0; page < maxPages; page++) {
    const { document, answer } = await askTwice(request.baseUrl, sent, options)
    if (answer.codes.includes('noRecordsMatch')) return
    if (answer.codes.includes('badResumptionToken') && sent !== first && restarts === 0) {
      // OAI-PMH 2.0 §3.5: after an expired token the whole list is asked for again.
      restarts += 1
      isRestart = true
      sent = first
      tokens.clear()
      continue
    }
    if (answer.problem !== undefined)
      throw new HarvestError(request.baseUrl, requestUrl(request.baseUrl, sent), answer.problem)
    const { responseDate, completeListSize, token } = answer
    yield { document, responseDate, completeListSize, token, isRestart }
    isRestart = false
    if (answer.token === '') return
    if (tokens.has(answer.token))
      throw new HarvestError(request.baseUrl, requestUrl(request.baseUrl, sent), 'its tokens go in circles')
    tokens.add(answer.token)
    sent = continued(request, answer.token)
  }
  throw new HarvestError(request.baseUrl, requestUrl(request.baseUrl, sent), `its list has more than ${maxPages} parts`)
}

/** An answer that arrives as half a document may arrive whole the second time. */
async function askTwice(
  baseUrl: string,
  sent: Readonly<Record<string, string>>,
  options: ClientOptions,
): Promise<{ readonly document: string; readonly answer: Answer }> {
  for (let attempt = 1; ; attempt++) {
    const document = await fetchText(baseUrl, sent, options)
    try {
      return { document, answer: readAnswer(document, baseUrl, requestUrl(baseUrl, sent)) }
    } catch (error) {
      if (attempt === 2 || !(error instanceof HarvestError && error.isDamaged)) throw error
    }
  }
}

/** A single request that is no list, as GetRecord: the answer as text, with the codes of its errors. Throws HarvestError. */
export async function askDocument(
  baseUrl: string,
  sent: Readonly<Record<string, string>>,
  options: ClientOptions,
): Promise<{ readonly document: string; readonly codes: readonly string[] }> {
  const { document, answer } = await askTwice(baseUrl, sent, options)
  return { document, codes: answer.codes }
}

/** A single request that is no list, as Identify: the root element of the answer. Throws HarvestError. */
export async function askRegistry(
  baseUrl: string,
  sent: Readonly<Record<string, string>>,
  options: ClientOptions,
): Promise<XmlElement> {
  const document = await fetchText(baseUrl, sent, options)
  const answer = readAnswer(document, baseUrl, requestUrl(baseUrl, sent))
  if (answer.problem !== undefined)
    throw new HarvestError(baseUrl, requestUrl(baseUrl, sent), answer.problem, { codes: answer.codes })
  return answer.root
}

function continued({ verb }: HarvestRequest, resumptionToken: string): Readonly<Record<string, string>> {
  return { verb: verb ?? 'ListRecords', resumptionToken }
}

function firstArguments(request: HarvestRequest): Readonly<Record<string, string>> {
  const { verb, metadataPrefix, from, until, set } = request
  return {
    verb: verb ?? 'ListRecords',
    metadataPrefix,
    ...(from === undefined ? {} : { from }),
    ...(until === undefined ? {} : { until }),
    ...(set === undefined ? {} : { set }),
  }
}

interface Answer {
  readonly root: XmlElement
  readonly codes: readonly string[]
  /** Its errors in words; undefined when there are none. */
  readonly problem: string | undefined
  readonly responseDate: Datestamp | undefined
  readonly token: string
  readonly completeListSize: number | undefined
}

function readAnswer(document: string, baseUrl: string, url: string): Answer {
  const root = readFrame(document, baseUrl, url)
  if (root.name !== 'OAI-PMH')
    throw new HarvestError(baseUrl, url, `its answer is a <${root.name}>, not OAI-PMH`, { isDamaged: true })
  const errors = childElements(root, 'error')
  const responseDate = firstChild(root, 'responseDate')
  const token = childElements(root)
    .map((verb) => firstChild(verb, 'resumptionToken'))
    .find((element) => element !== undefined)
  const size = token === undefined ? undefined : attributeOf(token, 'completeListSize')
  return {
    root,
    codes: errors.map((error) => attributeOf(error, 'code') ?? ''),
    problem: errors.length === 0 ? undefined : errors.map(problemText).join('; '),
    responseDate: responseDate === undefined ? undefined : readTimestamp(textOf(responseDate)),
    token: token === undefined ? '' : textOf(token).trim(),
    completeListSize: size !== undefined && /^\d+$/.test(size) ? Number(size) : undefined,
  }
}

function problemText(error: XmlElement): string {
  return `${attributeOf(error, 'code') ?? 'an error without code'}: ${textOf(error).trim().slice(0, 500)}`
}

/** The document without its records: they are read where they are taken in, and one bad one must not hide the token. */
function readFrame(document: string, baseUrl: string, url: string): XmlElement {
  const start = /<([\w.-]+:)?record[\s>]/.exec(document)
  const tag = start === null ? '' : `${start[1] ?? ''}record`
  const lastEnd = start === null ? -1 : document.lastIndexOf(`</${tag}`)
  const frame =
    start === null || lastEnd < start.index
      ? document
      : document.slice(0, start.index) + document.slice(document.indexOf('>', lastEnd) + 1)
  try {
    return readXml(frame)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new HarvestError(baseUrl, url, `its answer is ${reason}`, { cause: error, isDamaged: true })
  }
}
