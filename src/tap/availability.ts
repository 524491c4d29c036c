// A question to the engine → the VOSI availability document (VOSI 1.1 §3.2): what it says is what just happened.
import { asRegistryError } from '../core/errors.js'
import { sql } from '../core/sql.js'
import type { Engine } from '../engines/engine.js'
import { escapeText } from '../xml/escape.js'
import { namespaceUri } from '../xml/namespaces.js'

export interface Availability {
  readonly available: boolean
  readonly upSince: Date
  readonly notes: readonly string[]
}

/** Milliseconds the engine has for its answer. */
const patienceMs = 5_000

/** Asks the engine for one row. Never throws: what goes wrong is the answer. */
export async function checkAvailability(engine: Pick<Engine, 'query'>, upSince: Date): Promise<Availability> {
  try {
    let rows = 0
    for await (const batch of engine.query(sql`SELECT 1`, { signal: AbortSignal.timeout(patienceMs), lane: 'lookup' }))
      rows += batch.length
    if (rows === 1) return { available: true, upSince, notes: ['Queries are answered.'] }
    return { available: false, upSince, notes: ['The database gives wrong answers.'] }
  } catch (thrown) {
    return { available: false, upSince, notes: [`The database does not answer: ${asRegistryError(thrown).message}`] }
  }
}

/** The document; all elements are qualified here, unlike elsewhere in VOSI. */
export function availabilityDocument(state: Availability): string {
  const notes = state.notes.map((note) => `<avl:note>${escapeText(note)}</avl:note>\n`).join('')
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<avl:availability xmlns:avl="${namespaceUri('avl')}">\n` +
    `<avl:available>${state.available}</avl:available>\n` +
    `<avl:upSince>${state.upSince.toISOString().slice(0, 19)}Z</avl:upSince>\n${notes}</avl:availability>\n`
  )
}
