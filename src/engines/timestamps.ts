// Points in time of ADQL (no time zone, UTC by convention): microseconds since 1970 ↔ ISO text.
import { RegistryError } from '../core/errors.js'

/** Microseconds since 1970 → `YYYY-MM-DDThh:mm:ss`, with a fraction only when there is one (DALI 1.2 §3.3.3). */
export function timestampText(micros: bigint): string {
  const fraction = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n
  const text = new Date(Number((micros - fraction) / 1000n)).toISOString().slice(0, -5)
  return fraction === 0n ? text : `${text}.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`
}

const form = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,6})\d*)?)?Z?$/

/** A day, or a day and a time with `T` or blank between them → microseconds since 1970; throws kind `invalid`. */
export function timestampMicros(text: string): bigint {
  const match = form.exec(text.trim())
  const milliseconds = match ? Date.parse(`${match[1]}T${match[2] ?? '00:00:00'}Z`) : Number.NaN
  if (!Number.isNaN(milliseconds)) return BigInt(milliseconds) * 1000n + BigInt((match?.[3] ?? '').padEnd(6, '0'))
  throw new RegistryError(
    'invalid',
    `"${text.slice(0, 60)}" is not a point in time; expected YYYY-MM-DD or YYYY-MM-DDThh:mm:ss.`,
  )
}
