// Authorities that are to be published for the first time → which other registry has them, as far as can be known here.
import { RegistryError } from '../core/errors.js'
import { authorityOf, foldIvoid, type Ivoid, sameIvoid } from '../core/ivoid.js'
import { joinSql, literal, sql } from '../core/sql.js'
import type { Engine } from '../engines/engine.js'
import { knownDirectory, type ListedRegistry } from './harvest-directory.js'
import type { LedgerContent } from './ledger.js'

/** Another registry that has an authority. */
export interface AuthorityClaim {
  /** In lower case. */
  readonly authority: string
  readonly registry: string
  /** How that is known, as the end of a sentence. */
  readonly evidence: string
}

export interface ClaimSources {
  /** Holds the records of others. */
  readonly engine: Pick<Engine, 'query'>
  /** The list of registries as it was fetched last. */
  readonly registriesPath: string
  readonly own: Ivoid
}

/** A publication that would take authorities from others. Kind `invalid`; nothing has changed. */
export class AuthorityTaken extends RegistryError {
  override readonly name = 'AuthorityTaken'
  constructor(readonly claims: readonly AuthorityClaim[]) {
    const told = claims.map(({ authority, registry, evidence }) => `${authority} is that of ${registry} (${evidence})`)
    super(
      'invalid',
      `Nothing is published: ${told.join('; ')}. An authority belongs to one registry (Registry Interfaces 1.1 §3.1): ` +
        'take another, or, when it moves here, publish once with --take-authorities.',
    )
  }
}

/** Authorities, in lower case, of which nothing was ever published here. */
export function newAuthorities(ivoids: readonly string[], { entries, pending }: LedgerContent): readonly string[] {
  const known = new Set([...entries.keys(), ...(pending?.keys() ?? [])].map(authorityOf))
  return [...new Set(ivoids.map((ivoid) => authorityOf(foldIvoid(ivoid))))].filter((one) => !known.has(one))
}

/**
 * Registry Interfaces 1.1 §3.1: a new authority is looked up before it is published. Asks the records held and the list
 * that was fetched last; nobody else.
 */
export async function claimsByOthers(
  sources: ClaimSources,
  authorities: readonly string[],
): Promise<readonly AuthorityClaim[]> {
  if (authorities.length === 0) return []
  const { registries, since } = await knownDirectory(sources.registriesPath)
  const claims = [
    ...(await heldClaims(sources, authorities)),
    ...listedClaims(registries, authorities, sources.own, `by the list of registries of ${since ?? 'old'}`),
  ]
  return claims.filter(
    (one, index) =>
      index === claims.findIndex((other) => other.authority === one.authority && other.registry === one.registry),
  )
}

/** Who of a list of registries manages one of the authorities. */
export function listedClaims(
  registries: readonly ListedRegistry[],
  authorities: readonly string[],
  own: string,
  evidence: string,
): readonly AuthorityClaim[] {
  const asked = new Set(authorities.map((authority) => authority.toLowerCase()))
  return registries
    .filter(({ ivoid }) => !sameIvoid(ivoid, own))
    .flatMap(({ ivoid, managedAuthorities = [] }) =>
      managedAuthorities
        .map((authority) => authority.toLowerCase())
        .filter((authority) => asked.has(authority))
        .map((authority) => ({ authority, registry: foldIvoid(ivoid), evidence })),
    )
}

async function heldClaims(
  { engine, own }: ClaimSources,
  authorities: readonly string[],
): Promise<readonly AuthorityClaim[]> {
  const asked = joinSql(authorities.map(literal))
  const records = joinSql(authorities.map((authority) => literal(`ivo://${authority}`)))
  const query = sql`SELECT lower(m.detail_value), m.ivoid, 'its record says so' FROM rr.res_detail AS m
      WHERE m.detail_xpath = '/managedAuthority' AND lower(m.detail_value) IN (${asked}) AND m.ivoid <> ${foldIvoid(own)}
    UNION ALL SELECT split_part(a.ivoid, '/', 3), lower(d.origin), 'the vg:Authority record came from there'
      FROM rr.resource AS a JOIN x.record AS d ON d.folded_ivoid = a.ivoid
      WHERE a.res_type = 'vg:authority' AND a.ivoid IN (${records}) AND lower(d.origin) <> ${foldIvoid(own)}
    ORDER BY 1, 3, 2`
  const claims: AuthorityClaim[] = []
  try {
    for await (const rows of engine.query(query, { trusted: true }))
      for (const [authority, registry, evidence] of rows)
        claims.push({ authority: String(authority), registry: String(registry), evidence: String(evidence) })
  } catch (thrown) {
    // Before anything was published or harvested there is no generation.
    if (!(thrown instanceof RegistryError && thrown.kind === 'unavailable')) throw thrown
  }
  return claims
}
