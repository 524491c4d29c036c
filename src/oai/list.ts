// A place in a list → one page of it, record by record as they come, and the token for the next page.
//
// Pages are cut by key, (datestamp, IVOID), never by number. A list has no end in time but the one that was asked for:
// a record that changes while it is being harvested moves behind the place reached and comes later in its newer state.
// An end frozen at the first page would lose it, and could leave a promised page with nothing on it.
import { foldIvoid } from '../core/ivoid.js'
import type { RecordKey, RecordSelection, ResourceRecord } from '../core/record.js'
import type { ListArguments, ListVerb } from './arguments.js'
import { headerElement, recordElement, resumptionTokenElement } from './envelope.js'
import { type MetadataFormat, metadataFormats } from './metadata-formats.js'
import { OaiError, quoted } from './problem.js'
import { managedSet, type OaiProvider, publishersSet, setsOf, setsOffered } from './provider.js'
import { type ListPosition, tokenExpiration, writeResumptionToken } from './resumption-token.js'

/** Records fetched at once; bounds the memory of a page of any size. */
const batchRecords = 500

/** A list that begins, or one that goes on. */
export interface ListPlace {
  readonly verb: ListVerb
  readonly list: ListArguments
  readonly continued?: ListPosition
}

interface Item {
  readonly record: ResourceRecord
  readonly text: string
}

/**
 * The elements of one page. Its first record has been fetched when the promise is fulfilled, so that what is thrown
 * can still become an error document: OaiError cannotDisseminateFormat or noRecordsMatch.
 */
export async function listPage(provider: OaiProvider, place: ListPlace): Promise<AsyncIterable<string>> {
  const format = findFormat(place.list.metadataPrefix)
  const selection = await selectionOf(provider, place.list)
  const items = readItems(provider, place, selection, format)
  const first = await items.next()
  if (first.done) {
    throw new OaiError([
      {
        code: 'noRecordsMatch',
        message:
          place.continued === undefined
            ? 'No record matches from, until, set and metadataPrefix together.'
            : 'No record is left: those that were still to come have changed and lie after until.',
      },
    ])
  }
  return writePage(provider, place, selection, format, first.value, items)
}

/** The format of that prefix; throws OaiError cannotDisseminateFormat. */
export function findFormat(metadataPrefix: string): MetadataFormat {
  const format = metadataFormats.find((one) => one.prefix === metadataPrefix)
  if (format !== undefined) return format
  const prefixes = metadataFormats.map((one) => one.prefix).join(', ')
  throw new OaiError([
    {
      code: 'cannotDisseminateFormat',
      message: `There is no format ${quoted(metadataPrefix)}; formats are ${prefixes}.`,
    },
  ])
}

async function selectionOf(provider: OaiProvider, list: ListArguments): Promise<RecordSelection> {
  const { isFull } = await provider.self()
  const sets = setsOffered(isFull).map(({ spec }) => spec)
  if (list.set !== undefined && !sets.includes(list.set)) {
    const offered = sets.length === 1 ? `the only set is ${managedSet}` : `sets are ${sets.join(', ')}`
    throw new OaiError([{ code: 'noRecordsMatch', message: `There is no set ${quoted(list.set)}; ${offered}.` }])
  }
  return {
    ...(list.from === undefined ? {} : { from: list.from }),
    ...(list.until === undefined ? {} : { until: list.until }),
    // Only a full registry hands on what it took from others (RI 1.1 §2.6, §3.2).
    ...(list.set === managedSet || !isFull ? { origin: provider.ivoid } : {}),
    ...(list.set === publishersSet ? { isPublisher: true } : {}),
  }
}

async function* readItems(
  provider: OaiProvider,
  place: ListPlace,
  selection: RecordSelection,
  format: MetadataFormat,
): AsyncGenerator<Item, undefined> {
  const { isFull } = await provider.self()
  const batch = Math.min(batchRecords, provider.pageRecords + 1)
  let after = place.continued?.after
  for (;;) {
    const records = await provider.records.list(selection, after, batch)
    for (const record of records) {
      const text = writeItem(record, place.verb, format, setsOf(record, provider.ivoid, isFull))
      if (text !== undefined) yield { record, text }
    }
    const last = records.at(-1)
    if (last === undefined || records.length < batch) return undefined
    after = keyOf(last)
  }
}

/** Undefined for a record that cannot be had in this format. */
function writeItem(
  record: ResourceRecord,
  verb: ListVerb,
  format: MetadataFormat,
  sets: readonly string[],
): string | undefined {
  const header = headerElement(record, sets)
  if (record.status === 'deleted') return verb === 'ListRecords' ? recordElement(header, undefined) : header
  if (verb === 'ListIdentifiers' && format.coversAll) return header
  const payload = format.write(record)
  if (payload === undefined) return undefined
  return verb === 'ListRecords' ? recordElement(header, payload) : header
}

async function* writePage(
  provider: OaiProvider,
  place: ListPlace,
  selection: RecordSelection,
  format: MetadataFormat,
  first: Item,
  rest: AsyncGenerator<Item, undefined>,
): AsyncGenerator<string> {
  yield `<${place.verb}>\n${first.text}`
  let last = first.record
  let delivered = 1
  let hasMore = false
  for await (const item of rest) {
    if (delivered === provider.pageRecords) {
      hasMore = true
      break
    }
    yield item.text
    last = item.record
    delivered += 1
  }
  const cursor = place.continued?.cursor ?? 0
  const reached = cursor + delivered
  if (hasMore) yield await nextToken(provider, place, selection, format, last, cursor, reached)
  // OAI-PMH 2.0 §3.5: the last part of a split list has an empty token, an unsplit list has none.
  else if (place.continued !== undefined) yield resumptionTokenElement('', { cursor, completeListSize: reached })
  yield `</${place.verb}>\n`
}

async function nextToken(
  provider: OaiProvider,
  place: ListPlace,
  selection: RecordSelection,
  format: MetadataFormat,
  last: ResourceRecord,
  cursor: number,
  reached: number,
): Promise<string> {
  const now = provider.clock()
  const atBeginning =
    place.continued === undefined && format.coversAll ? await provider.records.count(selection) : undefined
  const size = atBeginning ?? place.continued?.completeListSize
  // The list may have grown since it was begun; it is never said to be shorter than what is known to be in it.
  const completeListSize = size === undefined ? undefined : Math.max(size, reached + 1)
  const known = completeListSize === undefined ? {} : { completeListSize }
  const token = writeResumptionToken(
    { verb: place.verb, list: place.list, after: keyOf(last), cursor: reached, ...known },
    provider.tokenKey,
    now,
  )
  return resumptionTokenElement(token, { cursor, ...known, expirationDate: tokenExpiration(now) })
}

function keyOf(record: ResourceRecord): RecordKey {
  return { datestamp: record.datestamp, ivoid: foldIvoid(record.ivoid) }
}
