// The queries that clients really sent (beside the project) → parameters of requests, and what their answers can be compared by.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { sharedFolder } from '../support/schemas.js'
import { bodyOf, type TapClient } from './tap-client.js'

const file = `${sharedFolder}/queries/clients.json`
export const hasRecordedQueries = existsSync(file)

export interface RecordedQuery {
  /** From 1, in the order of the file. */
  readonly number: number
  readonly client: string
  readonly version: string
  readonly purpose: string
  readonly adql: string
  readonly maxrec?: number
  /** As sent: `name,param:part`. */
  readonly upload?: string
}

export function recordedQueries(): readonly RecordedQuery[] {
  const queries = JSON.parse(readFileSync(file, 'utf8')) as Omit<RecordedQuery, 'number'>[]
  return queries.map((query, index) => ({ ...query, number: index + 1 }))
}

export interface RecordedAnswer {
  readonly query: RecordedQuery
  readonly milliseconds: number
  readonly bytes: number
  readonly rows: number
  /** Of the rows in any order; of their number alone where a row limit without ORDER BY leaves the choice to the engine. */
  readonly digest: string
  /** Why there was no answer. */
  readonly failure?: string
}

/** Runs each query as its client would, then once more as CSV to compare rows. One that fails is reported among the others. */
export async function* answerRecordedQueries(client: TapClient): AsyncGenerator<RecordedAnswer> {
  for (const query of recordedQueries()) {
    const started = performance.now()
    yield await answerOne(client, query).catch((thrown: unknown) => ({
      query,
      milliseconds: performance.now() - started,
      bytes: 0,
      rows: 0,
      digest: 'failed',
      failure: thrown instanceof Error ? thrown.message : String(thrown),
    }))
  }
}

async function answerOne(client: TapClient, query: RecordedQuery): Promise<RecordedAnswer> {
  const parameters = query.maxrec === undefined ? {} : { MAXREC: String(query.maxrec) }
  const uploads = query.upload === undefined ? {} : { [nameOf(query.upload)]: uploadedTable }
  const started = performance.now()
  const { byteCount } = await client.time(query.adql, parameters, uploads)
  const milliseconds = performance.now() - started
  const csv = await client.query(query.adql, { ...parameters, RESPONSEFORMAT: 'csv' }, uploads)
  const lines = bodyOf(csv)
    .toString()
    .replace(ownPort, 'localhost')
    .replace(dateTime, sinceWhen)
    .split('\r\n')
    .slice(1, -1)
    .sort()
  const compared = isArbitrary(query, lines.length) ? [String(lines.length)] : lines
  return {
    query,
    milliseconds,
    bytes: byteCount,
    rows: lines.length,
    digest: createHash('sha256').update(compared.join('\n')).digest('hex').slice(0, 16),
  }
}

/** In the addresses of our own records, another one at each start. */
const ownPort = /\blocalhost:\d+/g
const dateTime = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d/g
const twoDaysMs = 2 * 86_400_000

/** Our own records are as old as the state folder, which differs from run to run; the synthetic ones never change. */
function sinceWhen(time: string): string {
  return Date.now() - Date.parse(`${time.replace(' ', 'T')}Z`) < twoDaysMs ? 'lately' : time
}

function nameOf(upload: string): string {
  return upload.split(',')[0] ?? ''
}

/** Which rows come is free when a limit cuts them off and nothing orders them. */
function isArbitrary(query: RecordedQuery, rows: number): boolean {
  const top = Number(/\btop\s+(\d+)/i.exec(query.adql)?.[1] ?? Number.POSITIVE_INFINITY)
  const limit = Math.min(top, query.maxrec ?? defaultRowLimit)
  return rows >= limit && !/\border\s+by\b/i.test(query.adql)
}

/** Rows the server gives when a client names no number (setting maxRowsDefault). */
const defaultRowLimit = 100_000

/** Serves both queries with an upload: identifiers that exist, and one that does not. */
const uploadedTable = `<?xml version="1.0" encoding="UTF-8"?>
<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE><TABLE>
<FIELD name="id" datatype="char" arraysize="*"/><FIELD name="number" datatype="int"/>
<DATA><TABLEDATA>
<TR><TD>ivo://cds.vizier/tap</TD><TD>1</TD></TR>
<TR><TD>ivo://nowhere/at/all</TD><TD>2</TD></TR>
</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>
`
