// The generation in use → files that other programs read: OAI-PMH documents, lines of JSON, or the tables as Parquet.
//
// Everything is pulled from the engine while it is written; what is in memory is a batch of records or a group of rows.
import type { Datestamp } from '../core/datestamp.js'
import { RegistryError } from '../core/errors.js'
import { foldIvoid, type Ivoid } from '../core/ivoid.js'
import { identifier, type Sql, sql } from '../core/sql.js'
import type { Engine } from '../engines/engine.js'
import { parquet } from '../formats/parquet.js'
import { asPayload, closeEnvelope, headerElement, openEnvelope, recordElement } from '../oai/envelope.js'
import { managedSet } from '../oai/provider.js'
import type { Schema, Table } from '../tables/metadata.js'
import { selectRows } from '../tables/select-rows.js'
import type { IncomingRecord } from './incoming.js'
import { storedRecords } from './rebuild.js'
import { recordLine } from './record-lines.js'

/** Which records: those that fulfil everything given. */
export interface DumpSelection {
  readonly origin?: Ivoid
  /** `archive.stsci.edu`. */
  readonly authority?: string
}

export interface DumpParts {
  /** One state of the data, where the engine can hold on to it. */
  readonly engine: Pick<Engine, 'query'>
  /** Public schemas. */
  readonly schemas: readonly Schema[]
  readonly selection: DumpSelection
  /** Public address of the registry. */
  readonly baseUrl: string
  readonly own: Ivoid | undefined
  readonly now: Datestamp
  /** Told after each record or group of rows how many there were. */
  readonly onProgress: (done: number) => void
}

/** A file of a dump, to be pulled. */
export interface DumpFile {
  readonly name: string
  readonly pieces: AsyncIterable<string | Uint8Array>
  /** Valid when all pieces have been pulled. */
  readonly count: () => number
  /** Registry that all records in it come from; undefined where there are several. */
  readonly origin?: string
}

/** Records of one XML document in a folder of them. */
const documentRecords = 1000

/** The condition on rows of x.record. */
export function recordCondition({ origin, authority }: DumpSelection): Sql {
  const ofOrigin = origin === undefined ? sql`TRUE` : sql`lower(origin) = ${foldIvoid(origin)}`
  const ofAuthority =
    authority === undefined ? sql`TRUE` : sql`split_part(folded_ivoid, '/', 3) = ${authority.toLowerCase()}`
  return sql`${ofOrigin} AND ${ofAuthority}`
}

/** Number of records chosen. Throws kind `not-found` when there is none, so that no empty dump looks like a good one. */
export async function countChosen({ engine, selection }: DumpParts): Promise<number> {
  const query = sql`SELECT count(*) FROM x.record WHERE ${recordCondition(selection)}`
  for await (const [row] of engine.query(query, { trusted: true })) if (Number(row?.[0]) > 0) return Number(row?.[0])
  throw new RegistryError('not-found', 'There is no such record; nothing is written.')
}

/** One `ListRecords` document with all records. */
export async function* xmlFile(parts: DumpParts): AsyncGenerator<DumpFile> {
  yield counted('records.xml', document(parts, storedRecords(parts.engine, recordCondition(parts.selection))), parts)
}

/** `ListRecords` documents of up to a thousand records, each of one origin. */
export async function* xmlFiles(parts: DumpParts): AsyncGenerator<DumpFile> {
  const origins: string[] = []
  const condition = recordCondition(parts.selection)
  const query = sql`SELECT lower(origin), min(origin) FROM x.record WHERE ${condition} GROUP BY 1 ORDER BY 1`
  for await (const rows of parts.engine.query(query, { trusted: true }))
    origins.push(...rows.map((row) => String(row[1])))
  for (const origin of origins) {
    const ofOrigin = sql`${condition} AND lower(origin) = ${foldIvoid(origin)}`
    const records = storedRecords(parts.engine, ofOrigin)
    let next = await records.next()
    for (let part = 1; !next.done; part++) {
      const group = async function* (): AsyncGenerator<IncomingRecord> {
        for (let taken = 0; taken < documentRecords && !next.done; taken++) {
          yield next.value
          next = await records.next()
        }
      }
      const name = `${fileName(origin)}-${String(part).padStart(5, '0')}.xml`
      yield { ...counted(name, document(parts, group()), parts), origin }
    }
  }
}

/** One line per record. */
export async function* lineFile(parts: DumpParts): AsyncGenerator<DumpFile> {
  const lines = async function* (): AsyncGenerator<Piece> {
    for await (const record of storedRecords(parts.engine, recordCondition(parts.selection)))
      yield { text: recordLine(record), items: 1 }
  }
  yield counted('records.ndjson', lines(), parts)
}

/** One Parquet file for each table of `rr` and `waymark`; of the chosen records, where rows belong to records. */
export async function* parquetFiles(parts: DumpParts): AsyncGenerator<DumpFile> {
  for (const table of parts.schemas.filter(({ name }) => name !== 'tap_schema').flatMap(({ tables }) => tables)) {
    let rows = 0
    const batches = async function* () {
      for await (const batch of parts.engine.query(chosenRows(table, parts.selection), { trusted: true })) {
        rows += batch.length
        parts.onProgress(batch.length)
        yield batch
      }
    }
    const result = { columns: table.columns, rows: batches(), outcome: () => 'OK' as const, infos: [] }
    yield { name: `${table.schema}.${table.name}.parquet`, pieces: parquet.write(result), count: () => rows }
  }
}

interface Piece {
  readonly text: string
  readonly items: number
}

function counted(name: string, pieces: AsyncIterable<Piece>, { onProgress }: DumpParts): DumpFile {
  let count = 0
  const texts = async function* () {
    for await (const { text, items } of pieces) {
      count += items
      if (items > 0) onProgress(items)
      yield text
    }
  }
  return { name, pieces: texts(), count: () => count }
}

async function* document(
  { baseUrl, now, own }: DumpParts,
  records: AsyncIterable<IncomingRecord>,
): AsyncGenerator<Piece> {
  const sent = [
    { name: 'verb', value: 'ListRecords' },
    { name: 'metadataPrefix', value: 'ivo_vor' },
  ]
  yield { text: `${openEnvelope({ baseUrl: `${baseUrl}/oai` }, now, sent)}<ListRecords>\n`, items: 0 }
  for await (const record of records) {
    const sets = own !== undefined && foldIvoid(record.origin) === foldIvoid(own) ? [managedSet] : []
    const payload = record.status === 'deleted' ? undefined : asPayload(record.xml)
    // The publisher's own datestamp: the one under which we hand it on says something of this registry only.
    const header = headerElement({ ...record, datestamp: record.sourceDatestamp ?? record.datestamp }, sets)
    yield { text: recordElement(header, payload), items: 1 }
  }
  yield { text: `</ListRecords>\n${closeEnvelope}`, items: 0 }
}

function chosenRows(table: Table, selection: DumpSelection): Sql {
  const owner = ['ivoid', 'resid'].find((name) => table.columns.some((column) => column.name === name))
  const isAll = selection.origin === undefined && selection.authority === undefined
  if (isAll || owner === undefined) return selectRows(table)
  const chosen = sql`SELECT folded_ivoid FROM x.record WHERE ${recordCondition(selection)}`
  return sql`${selectRows(table)} WHERE ${identifier(owner)} IN (${chosen})`
}

/** `ivo://archive.stsci.edu/stsci-arc` → `archive.stsci.edu_stsci-arc`. */
function fileName(ivoid: string): string {
  return ivoid
    .toLowerCase()
    .replace(/^ivo:\/\//, '')
    .replace(/[^a-z0-9._-]+/g, '_')
    .slice(0, 150)
}
