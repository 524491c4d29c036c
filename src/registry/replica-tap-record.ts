// The record of the source's TAP service → the one by which a replica describes its own TAP service.
//
// In searches and OAI-PMH the record stays what its publisher says. VOSI capabilities are another thing: they tell a
// client that is here already where to go on, and that is here (VOSI 1.1 §3.1).
import type { ActiveRecord, RecordSource } from '../core/record.js'
import type { Engine } from '../engines/engine.js'
import { escapeText } from '../xml/escape.js'
import { readFacts } from './generation-facts.js'

/** The record with this address in place of the source's; undefined when the source has no TAP service of its own. */
export async function replicatedTapRecord(
  engine: Engine,
  records: RecordSource,
  baseUrl: string,
): Promise<ActiveRecord | undefined> {
  const facts = await readFacts(engine)
  const record = facts?.tapService === undefined ? undefined : await records.get(facts.tapService)
  if (facts === undefined || record === undefined || record.status === 'deleted') return undefined
  const { ivoid, datestamp, origin, status } = record
  const xml = record.xml.replaceAll(`>${escapeText(facts.baseUrl)}/`, `>${escapeText(baseUrl)}/`)
  return { ivoid, datestamp, origin, status, xml }
}
