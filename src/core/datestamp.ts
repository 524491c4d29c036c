// Points in time as OAI-PMH and VOResource write them: UTC, whole seconds, with Z (RI 1.1 §2.7; VOResource 1.2 §2.2.4).
import type { Brand } from './brand.js'

/** `YYYY-MM-DDThh:mm:ssZ`. Compares correctly as text. */
export type Datestamp = Brand<string, 'Datestamp'>

/** A moment → its datestamp, cut to the second. */
export function toDatestamp(moment: Date): Datestamp {
  return `${moment.toISOString().slice(0, 19)}Z` as Datestamp
}

const full = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/

/** Text in exactly the form `YYYY-MM-DDThh:mm:ssZ` that names a real moment → Datestamp, else undefined. */
export function parseDatestamp(text: string): Datestamp | undefined {
  if (!full.test(text)) return undefined
  const moment = new Date(text)
  return !Number.isNaN(moment.getTime()) && toDatestamp(moment) === text ? (text as Datestamp) : undefined
}

/** A real day `YYYY-MM-DD` → its first or last second, else undefined (OAI-PMH 2.0 §2.7.1: until takes the whole day). */
export function parseDay(text: string, edge: 'start' | 'end'): Datestamp | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined
  return parseDatestamp(`${text}T${edge === 'start' ? '00:00:00' : '23:59:59'}Z`)
}

/** A VOResource UTCTimestamp, with or without Z and fraction, or a bare date → Datestamp; undefined when it is none. */
export function readTimestamp(text: string): Datestamp | undefined {
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:\.\d*)?)?(?:Z|[+-]00:?00)?$/.exec(text.trim())
  // A missing Z means UTC (VOResource 1.2 §2.2.4).
  return match ? parseDatestamp(`${match[1]}T${match[2] ?? '00:00:00'}Z`) : undefined
}
