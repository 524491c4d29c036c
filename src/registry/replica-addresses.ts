// A record of the source's own services → the one by which a replica describes its own.
//
// In searches and OAI-PMH a record stays what its publisher says. VOSI capabilities are another thing: they tell a client
// that is here already where to go on, and that is here (VOSI 1.1 §3.1).
import type { ActiveRecord, RecordSource } from '../core/record.js'
import type { Engine } from '../engines/engine.js'
import { escapeText } from '../xml/escape.js'
import { readFacts } from './generation-facts.js'

/** The text of a record with this public address in place of the source's. */
export async function withReplicaAddress(engine: Engine, xml: string, baseUrl: string): Promise<string> {
  const facts = await readFacts(engine)
  return facts === undefined ? xml : replaced(xml, facts.baseUrl, baseUrl)
}

/** The record of the source's TAP service, so changed; undefined when the source has none of its own. */
export async function replicatedTapRecord(
  engine: Engine,
  records: RecordSource,
  baseUrl: string,
): Promise<ActiveRecord | undefined> {
  const facts = await readFacts(engine)
  const record = facts?.tapService === undefined ? undefined : await records.get(facts.tapService)
  if (facts === undefined || record === undefined || record.status === 'deleted') return undefined
  const { ivoid, datestamp, origin, status } = record
  return { ivoid, datestamp, origin, status, xml: replaced(record.xml, facts.baseUrl, baseUrl) }
}

function replaced(xml: string, source: string, baseUrl: string): string {
  return xml.replaceAll(`>${escapeText(source)}/`, `>${escapeText(baseUrl)}/`)
}
