// Points in time of ADQL (no time zone, UTC by convention): microseconds since 1970 ↔ ISO text.
import { RegistryError } from '../core/errors.js'

const microsPerSecond = 1_000_000
const microsPerDay = 86_400 * microsPerSecond

/** Microseconds since 1970 → `YYYY-MM-DDThh:mm:ss`, with a fraction only when there is one (DALI 1.2 §3.3.3). */
export function timestampText(micros: bigint): string {
  // Between the years 1684 and 2255 a number holds them exactly, and is quicker.
  const number = Number(micros)
  if (!Number.isSafeInteger(number)) return anyTimestampText(micros)
  return scratch.toString('latin1', 0, scratchWriter.write(scratch, 0, number))
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

/** Bytes that `TimestampWriter` may need for one. */
export const timestampBytes = 40

/** Writes points in time as texts, without a string for each. Make one per column: days come again. */
export class TimestampWriter {
  #day = Number.NaN
  #dayText = ''

  /** Gives the number of bytes written. `micros` is exact as a number. */
  write(bytes: Uint8Array, at: number, micros: number): number {
    const day = Math.floor(micros / microsPerDay)
    if (day !== this.#day) {
      this.#day = day
      this.#dayText = `${dayText(day)}T`
    }
    const second = Math.floor((micros - day * microsPerDay) / microsPerSecond)
    const fraction = micros - day * microsPerDay - second * microsPerSecond
    const time = writeAscii(bytes, at, this.#dayText)
    writeTwoDigits(bytes, time, Math.floor(second / 3600))
    bytes[time + 2] = colon
    writeTwoDigits(bytes, time + 3, Math.floor(second / 60) % 60)
    bytes[time + 5] = colon
    writeTwoDigits(bytes, time + 6, second % 60)
    const end = fraction === 0 ? time + 8 : writeAscii(bytes, time + 8, fractionText(fraction))
    return end - at
  }
}

const scratch = Buffer.alloc(timestampBytes)
const scratchWriter = new TimestampWriter()

const colon = 0x3a
const zero = 0x30

function writeTwoDigits(bytes: Uint8Array, at: number, number: number): void {
  const tens = Math.floor(number / 10)
  bytes[at] = zero + tens
  bytes[at + 1] = zero + number - tens * 10
}

/** Gives where the next byte goes. */
function writeAscii(bytes: Uint8Array, at: number, text: string): number {
  for (let index = 0; index < text.length; index++) bytes[at + index] = text.charCodeAt(index)
  return at + text.length
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
