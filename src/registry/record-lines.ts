// Records ↔ lines of JSON: everything that is known of a record, its origin included, so that nothing is lost on the way.
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import type { Clock } from '../core/clock.js'
import { parseDatestamp, toDatestamp } from '../core/datestamp.js'
import { isIvoid } from '../core/ivoid.js'
import type { Incoming, IncomingOptions, IncomingRecord } from './incoming.js'

/** One line, with its end. `xml` is null for a tombstone; `sourceDatestamp` is there for records of others. */
export function recordLine(record: IncomingRecord): string {
  const { ivoid, datestamp, sourceDatestamp, origin, status } = record
  const xml = record.status === 'deleted' ? null : record.xml
  return `${JSON.stringify({ ivoid, datestamp, sourceDatestamp, origin, status, xml })}\n`
}

/** Lines → records; what is no record is set aside with its reason. Empty lines are passed over. */
export async function* incomingLines(
  text: AsyncIterable<string>,
  { origin, source, clock }: IncomingOptions,
): AsyncGenerator<Incoming, void, undefined> {
  let number = 0
  for await (const line of createInterface({ input: Readable.from(text), crlfDelay: Number.POSITIVE_INFINITY })) {
    number += 1
    if (line.trim() === '') continue
    const found = readLine(line)
    yield typeof found === 'string' ? setAside(`line ${number}: ${found}`, line, source, origin, clock) : found
  }
}

/** The record, or what is wrong with the line. */
function readLine(line: string): IncomingRecord | string {
  const content = parseJson(line)
  if (content === undefined) return 'it is not a JSON object'
  const { ivoid, origin, status, xml } = content
  const datestamp = typeof content.datestamp === 'string' ? parseDatestamp(content.datestamp) : undefined
  if (typeof ivoid !== 'string' || !isIvoid(ivoid)) return '"ivoid" is not an IVOID'
  if (typeof origin !== 'string' || !isIvoid(origin)) return '"origin" is not an IVOID'
  if (datestamp === undefined) return '"datestamp" is not of the form YYYY-MM-DDThh:mm:ssZ'
  const source = typeof content.sourceDatestamp === 'string' ? parseDatestamp(content.sourceDatestamp) : undefined
  const header = { ivoid, datestamp, origin, ...(source === undefined ? {} : { sourceDatestamp: source }) }
  if (status === 'deleted') return { ...header, status }
  if (status !== 'active' && status !== 'inactive') return '"status" is neither active, inactive nor deleted'
  if (typeof xml !== 'string') return '"xml" is missing'
  return { ...header, status, xml }
}

function setAside(
  reason: string,
  line: string,
  source: string,
  origin: IncomingOptions['origin'],
  clock: Clock,
): Incoming {
  return { status: 'quarantined', source, origin, noticed: toDatestamp(clock()), reason, xml: line.slice(0, 10_000) }
}

function parseJson(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const content: unknown = JSON.parse(line)
    return typeof content === 'object' && content !== null ? (content as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
