// The generations an engine keeps → what each is, and which one a person means by `12`, `yesterday` or a day.
import { RegistryError } from '../core/errors.js'
import type { Engine, GenerationFile, KeptGenerations, WritableEngine } from '../engines/engine.js'
import { countRecords, type RecordCounts, readFacts } from './generation-facts.js'

export interface ListedGeneration {
  readonly generation: number
  readonly made: Date
  /** Command that made it; undefined for those of an earlier version of the program. */
  readonly madeBy: string | undefined
  readonly bytes: number
  readonly use: GenerationFile['use']
  /** Undefined when the file cannot be read. */
  readonly records: RecordCounts | undefined
}

/** The generations of an engine that keeps them. Throws kind `usage` for one that does not. */
export function keptBy(engine: Pick<WritableEngine, 'name' | 'kept'>): KeptGenerations {
  if (engine.kept !== undefined) return engine.kept
  throw new RegistryError(
    'usage',
    `The engine ${engine.name} holds the present data only, so there is nothing to list or to go back to. Use the database's own backups, or harvest again.`,
  )
}

/** All of them, newest first. */
export async function listGenerations(kept: KeptGenerations): Promise<readonly ListedGeneration[]> {
  const listed: ListedGeneration[] = []
  for (const { generation, made, bytes, use } of await kept.list()) {
    const read = (reader: Pick<Engine, 'query'>) => Promise.all([readFacts(reader), countRecords(reader)])
    // One that is damaged is listed all the same: whoever looks here may be looking for it.
    const found = await kept.read(generation, read).catch(() => undefined)
    const [facts, records] = found ?? []
    const isNamed = facts !== undefined && facts.madeBy !== ''
    listed.push({ generation, made, madeBy: isNamed ? facts.madeBy : undefined, bytes, use, records })
  }
  return listed
}

/**
 * The generation meant: a number; `yesterday`, the last one made before today (UTC); a day, the last one made until its
 * end; by default the previous one. Throws kinds `not-found`, and `usage` for the one that is in use.
 */
export function chooseGeneration(
  present: readonly Pick<ListedGeneration, 'generation' | 'made' | 'use'>[],
  name: string | undefined,
  now: Date,
): number {
  const found = present.find(test(name, now))
  if (found === undefined) {
    const names = present.map(({ generation }) => generation).join(', ')
    throw new RegistryError(
      'not-found',
      `${name === undefined ? 'There is no previous generation' : `No generation is "${name.slice(0, 50)}"`}; those kept are: ${names || 'none'}. "waymark generations" shows them.`,
    )
  }
  if (found.use !== 'current') return found.generation
  throw new RegistryError('usage', `Generation ${found.generation} is in use; there is nothing to go back to.`)
}

function test(
  name: string | undefined,
  now: Date,
): (one: Pick<ListedGeneration, 'generation' | 'made' | 'use'>) => boolean {
  const day = ({ made }: { readonly made: Date }) => made.toISOString().slice(0, 10)
  const today = now.toISOString().slice(0, 10)
  if (name === undefined) return ({ use }) => use === 'previous'
  if (name.toLowerCase() === 'yesterday') return (one) => day(one) < today
  if (/^\d{4}-\d\d-\d\d$/.test(name)) return (one) => day(one) <= name
  return ({ generation }) => String(generation) === name
}
