// A generation that is not visible yet → nothing, or the reason why it must never be.
import { RegistryError } from '../core/errors.js'
import { type Sql, sql } from '../core/sql.js'
import type { Engine } from '../engines/engine.js'

/** Each counts what there must be none of. */
const rules: readonly { readonly broken: string; readonly query: Sql }[] = [
  {
    broken: 'records are held twice',
    query: sql`SELECT count(*) - count(DISTINCT folded_ivoid) FROM x.record`,
  },
  {
    broken: 'active records are not found by searches (RegTAP 1.2 §8.1)',
    query: sql`SELECT count(*) FROM x.record WHERE status = 'active'
      AND folded_ivoid NOT IN (SELECT ivoid FROM rr.resource)`,
  },
  {
    broken: 'resources found by searches are not among the active records (RegTAP 1.2 §8.1)',
    query: sql`SELECT count(*) FROM rr.resource
      WHERE ivoid NOT IN (SELECT folded_ivoid FROM x.record WHERE status = 'active')`,
  },
  {
    broken: 'resources stand in rr.resource twice',
    query: sql`SELECT count(*) - count(DISTINCT ivoid) FROM rr.resource`,
  },
  {
    broken: 'capabilities belong to no resource',
    query: sql`SELECT count(*) FROM rr.capability WHERE ivoid NOT IN (SELECT ivoid FROM rr.resource)`,
  },
]

/** The self-test before a switch. Throws kind `internal`, naming the rule; the generation before goes on serving. */
export async function checkGeneration(candidate: Pick<Engine, 'query'>): Promise<void> {
  for (const { broken, query } of rules)
    for await (const rows of candidate.query(query, { trusted: true }))
      for (const [count] of rows)
        if (Number(count) !== 0) {
          const reason = `The next generation did not pass its self-test: ${String(count)} ${broken}. The one before goes on serving.`
          throw new RegistryError('internal', reason, { cause: new Error(reason) })
        }
}
