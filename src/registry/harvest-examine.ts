// A list that has arrived → would it change anything, and may it be taken in? Asked of the generation that serves, so that
// a harvest without news costs no new generation, and one that is held back stops no other.
import { sql } from '../core/sql.js'
import type { Engine } from '../engines/engine.js'
import { openIntake } from './harvest-intake.js'
import { type FetchedList, incomingOf } from './harvest-list.js'
import { latestRuns } from './harvest-progress.js'
import type { RejectedRecord } from './harvest-report.js'
import { intakeOptions, type Taken, type TakeParts, takenOf } from './harvest-take.js'
import { knownRejections, rejectionKey } from './quarantine.js'

/** What would become of a list. */
export interface Examination {
  readonly taken: Taken
  /** The generation already holds all that came, in the quarantine too. */
  readonly isUnchanged: boolean
}

/**
 * Looks at a list of a registry that was harvested before; the first list of a registry always is taken in. Throws
 * kind `limit` when too much would be removed.
 */
export async function examineList(parts: TakeParts, list: FetchedList): Promise<Examination | undefined> {
  const { engine, clock } = parts
  if (list.last === undefined || !(await hasSourceColumn(engine))) return undefined
  const reader = { query: (query: Parameters<Engine['query']>[0]) => engine.query(query, { trusted: true }) }
  const intake = await openIntake(intakeOptions(parts, list, reader, await latestRuns(engine)))
  const rejected: RejectedRecord[] = []
  for await (const one of intake.choose(incomingOf(list, clock)))
    if (one.status === 'quarantined') rejected.push({ ivoid: one.ivoid, reason: one.reason })
  const known = await knownRejections(reader)
  const areKnown = rejected.every((one) => known.has(rejectionKey(one)))
  return { taken: takenOf(intake, known, rejected), isUnchanged: intake.isUnchanged && areKnown }
}

/** Generations of an earlier version lack the column; the next one has it. */
async function hasSourceColumn(engine: Engine): Promise<boolean> {
  let isThere = false
  const query = sql`SELECT 1 FROM information_schema.columns
    WHERE table_schema = 'x' AND table_name = 'record' AND column_name = 'source_datestamp'`
  for await (const rows of engine.query(query, { trusted: true })) isThere ||= rows.length > 0
  return isThere
}
