// An address on the command line → the other side of a comparison: what is there, and how much of it is compared.
import type { Config } from '../config.js'
import type { Clock } from '../core/clock.js'
import { RegistryError } from '../core/errors.js'
import { foldIvoid } from '../core/ivoid.js'
import { type Compared, type CompareScope, oaiSide, tapSide } from '../registry/compare-sides.js'
import { harvestFetch } from '../registry/harvest-fetch.js'
import { askPeer, type Peer } from '../registry/harvest-peer.js'
import { safeRedirects } from '../registry/safe-redirects.js'
import { isTapService, type TapClientOptions } from '../registry/tap-client.js'
import type { Schema } from '../tables/metadata.js'
import { isPublicAddress } from '../tap/addresses.js'
import type { CommandArguments } from './command.js'
import { version } from './version.js'

export interface OtherSide {
  readonly kind: 'RegTAP' | 'OAI-PMH'
  readonly side: AsyncIterable<Compared>
  readonly scope: CompareScope
  /** The other side gives the datestamps of the publisher. */
  readonly withDatestamps: boolean
}

export interface OtherSideOptions {
  readonly config: Config
  readonly options: CommandArguments['options']
  /** Public schemas. */
  readonly schemas: readonly Schema[]
  readonly clock: Clock
}

const registryOfRegistries = 'ivo://ivoa.net/rofr'
const userAgent = `Waymark/${version} compare`

/** Finds out what answers there. Throws kinds `usage` for what is no address, `unavailable` when nothing fit answers. */
export async function openOtherSide(url: string, given: OtherSideOptions): Promise<OtherSide> {
  checkAddress(url)
  const { options, schemas, clock } = given
  const authority = authorityIn(options.authority)
  const tap: TapClientOptions = { fetch: safeRedirects(fetch, isPublicAddress, notFollowed), userAgent }
  if (await isTap(url, options.as, tap)) {
    const scope: CompareScope =
      authority === undefined ? { kind: 'all' } : { kind: 'authorities', authorities: [authority] }
    return { kind: 'RegTAP', side: tapSide(url, authority, tap), scope, withDatestamps: false }
  }
  const client = { fetch: harvestFetch(fetch, isPublicAddress), userAgent }
  const peer = await askPeer(url, client)
  const asked = scopeOf(peer, options.set)
  const scope: CompareScope = authority === undefined ? asked : { kind: 'authorities', authorities: [authority] }
  return {
    kind: 'OAI-PMH',
    side: oaiSide(peer, { client, schemas, clock, scope: asked }),
    scope,
    withDatestamps: asked.kind === 'authorities',
  }
}

async function isTap(url: string, as: unknown, tap: TapClientOptions): Promise<boolean> {
  if (as === 'tap' || as === 'oai') return as === 'tap'
  if (as !== undefined) throw new RegistryError('usage', `--as is "${String(as)}"; expected tap or oai.`)
  return isTapService(url, tap)
}

function scopeOf(peer: Peer, set: unknown): CompareScope {
  switch (set ?? (foldIvoid(peer.ivoid) === registryOfRegistries ? 'publishers' : 'managed')) {
    case 'managed':
      return { kind: 'authorities', authorities: peer.managedAuthorities }
    case 'publishers':
      return { kind: 'publishers' }
    case 'all':
      return { kind: 'all' }
    default:
      throw new RegistryError('usage', `--set is "${String(set)}"; expected managed, publishers or all.`)
  }
}

/** `ivo://archive.stsci.edu/…` or the name alone, in lower case. */
function authorityIn(given: unknown): string | undefined {
  if (typeof given !== 'string') return undefined
  const name = given
    .toLowerCase()
    .replace(/^ivo:\/\//, '')
    .replace(/\/.*$/, '')
  if (/^[a-z0-9][\w\-.!~*()+=]{2,}$/.test(name)) return name
  throw new RegistryError('usage', `--authority is "${given.slice(0, 100)}"; expected a name as archive.stsci.edu.`)
}

function checkAddress(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed !== undefined && /^https?:$/.test(parsed.protocol) && parsed.username === '') return
  throw new RegistryError(
    'usage',
    `"${url.slice(0, 200)}" is no address to compare with; expected http://… or https://…, of a TAP service or OAI-PMH.`,
  )
}

function notFollowed(named: URL, _redirecting: URL, reason: string): RegistryError {
  return new RegistryError(
    'unavailable',
    `The TAP service ${named.origin}${named.pathname} cannot be compared with: ${reason}.`,
  )
}
