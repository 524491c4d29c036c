// Points in time of ADQL (no time zone, UTC by convention): microseconds since 1970 ↔ ISO text.
import { RegistryError } from '../core/errors.js'

const microsPerSecond = 1_000_000
const microsPerDay = 86_400 * microsPerSecond

/** Microseconds since 1970 → `YYYY-MM-DDThh:mm:ss`, with a fraction only when there is one (DALI 1.2 §3.3.3). */
export function timestampText(micros: bigint): string {
  // Between the years 1684 and 2255 a number holds them exactly, and is quicker.
  const number = Number(micros)
  if (!Number.isSafeInteger(number)) return anyTimestampText(micros)
  const day = Math.floor(number / microsPerDay)
  const rest = number - day * microsPerDay
  const second = Math.floor(rest / microsPerSecond)
  const time = `${twoDigits(Math.floor(second / 3600))}:${twoDigits(Math.floor(second / 60) % 60)}:${twoDigits(second % 60)}`
  return `${dayText(day)}T${time}${fractionText(rest - second * microsPerSecond)}`
}

function anyTimestampText(micros: bigint): string {
  const fraction = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n
  const text = new Date(Number((micros - fraction) / 1000n)).toISOString().slice(0, -5)
  return `${text}${fractionText(Number(fraction))}`
}

function fractionText(micros: number): string {
  return micros === 0 ? '' : `.${String(micros).padStart(6, '0').replace(/0+$/, '')}`
}

function twoDigits(number: number): string {
  return number < 10 ? `0${number}` : String(number)
}

/** Days since 1970 → `YYYY-MM-DD` in the Gregorian calendar, whose rules repeat after 400 years. */
function dayText(day: number): string {
  // Counted from 1 March of the year 0, leap days are the last of their years, and months follow a pattern of 153 days.
  const sinceMarch = day + 719_468
  const era = Math.floor(sinceMarch / daysOf400Years)
  const dayOfEra = sinceMarch - era * daysOf400Years
  const leapDays = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096)
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365)
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const dayOfMonth = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  const year = era * 400 + yearOfEra + (month < 3 ? 1 : 0)
  return `${year}-${twoDigits(month)}-${twoDigits(dayOfMonth)}`
}

const daysOf400Years = 146_097

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
