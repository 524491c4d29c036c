// A place in a list ↔ a resumption token. Nothing is remembered between requests: the token is the request plus the
// last key delivered, signed, so that it survives restarts and can be repeated (OAI-PMH 2.0 §3.5).
import { createHmac, timingSafeEqual } from 'node:crypto'
import { type Datestamp, parseDatestamp, toDatestamp } from '../core/datestamp.js'
import type { RecordKey } from '../core/record.js'
import type { ListArguments, ListVerb } from './arguments.js'
import { OaiError } from './problem.js'

/** Where a harvester stands in a list. */
export interface ListPosition {
  readonly verb: ListVerb
  readonly list: ListArguments
  /** The last record delivered. */
  readonly after: RecordKey
  /** Records delivered so far. */
  readonly cursor: number
  /** Records in the whole list when it was begun; absent when counting them would mean reading them all. */
  readonly completeListSize?: number
}

/** How long a token is good, counted from the page that carried it: three days, one is asked for. */
export const tokenLifetimeSeconds = 3 * 86_400

const verbs: readonly ListVerb[] = ['ListIdentifiers', 'ListRecords']
/** 128 of the 256 bits of HMAC-SHA-256 keep the token short and unforgeable (RFC 2104 §5). */
const signatureBytes = 16

/** A position → token text of URL-safe characters only, since some clients send it back unencoded. */
export function writeResumptionToken(position: ListPosition, key: Uint8Array, now: Date): string {
  const { list, after } = position
  const payload = Buffer.from(
    JSON.stringify([
      verbs.indexOf(position.verb),
      list.metadataPrefix,
      list.set ?? '',
      list.from ?? '',
      list.until ?? '',
      after.datestamp,
      after.ivoid,
      position.cursor,
      position.completeListSize ?? -1,
      Math.floor(now.getTime() / 1000),
    ]),
  )
  return Buffer.concat([sign(payload, key), payload]).toString('base64url')
}

/** When a token written now ends. */
export function tokenExpiration(now: Date): Datestamp {
  return toDatestamp(new Date(now.getTime() + tokenLifetimeSeconds * 1000))
}

/**
 * Token text → the position it was written for.
 * Throws OaiError badResumptionToken when it is damaged, foreign, expired or was issued for another verb.
 */
export function readResumptionToken(token: string, verb: ListVerb, key: Uint8Array, now: Date): ListPosition {
  if (!/^[\w-]+$/.test(token)) throw badToken('has characters that no token of this registry has')
  const bytes = Buffer.from(token, 'base64url')
  const signature = bytes.subarray(0, signatureBytes)
  const payload = bytes.subarray(signatureBytes)
  if (payload.length === 0 || bytes.toString('base64url') !== token) throw badToken('is cut short or damaged')
  if (!timingSafeEqual(signature, sign(payload, key))) throw badToken('was not issued by this registry, or is damaged')
  const cells: unknown = JSON.parse(payload.toString())
  const position = readCells(cells)
  if (position === undefined) throw badToken('was issued by another version of this registry')
  if (now.getTime() / 1000 > position.issuedAtSeconds + tokenLifetimeSeconds) throw badToken('has expired')
  if (position.verb !== verb) throw badToken(`was issued for ${position.verb}, not for ${verb}`)
  return position
}

function readCells(cells: unknown): (ListPosition & { readonly issuedAtSeconds: number }) | undefined {
  if (!Array.isArray(cells) || cells.length !== 10) return undefined
  const [verbNumber, metadataPrefix, set, from, until, datestamp, ivoid, cursor, size, issuedAtSeconds] =
    cells as readonly unknown[]
  const verb = typeof verbNumber === 'number' ? verbs[verbNumber] : undefined
  const afterDatestamp = parseDatestamp(String(datestamp))
  if (verb === undefined || afterDatestamp === undefined) return undefined
  if (typeof cursor !== 'number' || typeof size !== 'number' || typeof issuedAtSeconds !== 'number') return undefined
  const first = parseDatestamp(String(from))
  const last = parseDatestamp(String(until))
  return {
    verb,
    list: {
      metadataPrefix: String(metadataPrefix),
      ...(set === '' ? {} : { set: String(set) }),
      ...(first === undefined ? {} : { from: first }),
      ...(last === undefined ? {} : { until: last }),
    },
    after: { datestamp: afterDatestamp, ivoid: String(ivoid) },
    cursor,
    ...(size < 0 ? {} : { completeListSize: size }),
    issuedAtSeconds,
  }
}

function sign(payload: Uint8Array, key: Uint8Array): Buffer {
  return createHmac('sha256', key).update(payload).digest().subarray(0, signatureBytes)
}

function badToken(reason: string): OaiError {
  return new OaiError([
    { code: 'badResumptionToken', message: `The resumption token ${reason}; begin the list again without a token.` },
  ])
}
