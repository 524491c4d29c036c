// What a generation says of itself, as rows of x.meta: it stays true wherever the file is copied to.
import { type Datestamp, parseDatestamp } from '../core/datestamp.js'
import { type Ivoid, isIvoid } from '../core/ivoid.js'
import { joinSql, literal, sql } from '../core/sql.js'
import type { Engine, Transaction } from '../engines/engine.js'
import { findTable, privateSchema } from '../tables/declared.js'

/** Number of the arrangement of tables and facts in a generation; another one is not understood. */
export const generationFormat = 1

export interface GenerationFacts {
  /** Another one for each generation. */
  readonly id: string
  readonly format: number
  readonly made: Datestamp
  /** `publish`, `harvest ivo://vo.example.org/registry`; empty when nobody said. */
  readonly madeBy: string
  /** Version of the program that made it. */
  readonly program: string
  readonly registry: Ivoid
  /** The registry's own TAP service. */
  readonly tapService: Ivoid | undefined
  /** Public address of the registry. */
  readonly baseUrl: string
}

/** Numbers of records by their state. */
export interface RecordCounts {
  readonly active: number
  readonly inactive: number
  readonly deleted: number
  /** Registries that they come from. */
  readonly origins: number
}

const keys = {
  id: 'generation_id',
  format: 'format',
  made: 'made',
  madeBy: 'made_by',
  program: 'program',
  registry: 'registry',
  tapService: 'tap_service',
  baseUrl: 'base_url',
} as const satisfies Record<keyof GenerationFacts, string>

/** Writes the facts in place of those of the generation this one was made from. */
export async function writeFacts(next: Transaction, facts: GenerationFacts): Promise<void> {
  const rows = Object.entries(keys).map(([name, key]) => [key, String(facts[name as keyof GenerationFacts] ?? '')])
  await next.run(sql`DELETE FROM x.meta WHERE key IN (${joinSql(Object.values(keys).map(literal))})`)
  await next.append(findTable([privateSchema()], 'x.meta'), rows)
}

/** The facts; undefined for a generation of an earlier version of the program, which wrote none. */
export async function readFacts(engine: Pick<Engine, 'query'>): Promise<GenerationFacts | undefined> {
  const values = new Map<string, string>()
  for await (const rows of engine.query(sql`SELECT key, value FROM x.meta`, { trusted: true }))
    for (const [key, value] of rows) values.set(String(key), String(value))
  const read = (name: keyof GenerationFacts) => values.get(keys[name]) ?? ''
  const made = parseDatestamp(read('made'))
  const registry = read('registry')
  const tapService = read('tapService')
  if (made === undefined || !isIvoid(registry) || read('id') === '') return undefined
  return {
    id: read('id'),
    format: Number(read('format')),
    made,
    madeBy: read('madeBy'),
    program: read('program'),
    registry,
    tapService: isIvoid(tapService) ? tapService : undefined,
    baseUrl: read('baseUrl'),
  }
}

/** Counts the records of a generation. */
export async function countRecords(engine: Pick<Engine, 'query'>): Promise<RecordCounts> {
  const query = sql`SELECT count(*) FILTER (WHERE status = 'active'), count(*) FILTER (WHERE status = 'inactive'),
    count(*) FILTER (WHERE status = 'deleted'), count(DISTINCT lower(origin)) FROM x.record`
  for await (const [row] of engine.query(query, { trusted: true })) {
    const [active = 0, inactive = 0, deleted = 0, origins = 0] = (row ?? []).map(Number)
    return { active, inactive, deleted, origins }
  }
  return { active: 0, inactive: 0, deleted: 0, origins: 0 }
}
