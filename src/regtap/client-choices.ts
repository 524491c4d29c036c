// What registry clients see of a record → which TAP service they would take from it, and why, or why none. By the
// sources of pyvo 1.2 to 1.10 and the queries of TOPCAT 4.8 and later; tests compare it with those that are installed.
import { counted } from '../core/counted.js'
import { foldIvoid } from '../core/ivoid.js'
import type { SeenInterface, SeenResource } from './client-view.js'

const tap = 'ivo://ivoa.net/std/tap'

/** What one client does with a record. */
export interface ClientChoice {
  readonly client: string
  /** `picked`: one service. `several`: it shows them and people choose. `refused`: an error. `none`: nothing to be found. */
  readonly outcome: 'picked' | 'several' | 'refused' | 'none'
  readonly accessUrls: readonly string[]
  readonly why: string
}

export interface ResourceChoices {
  readonly ivoid: string
  readonly choices: readonly ClientChoice[]
}

/** The choices of all clients for each record that offers something to programs; `all` are those of the registry. */
export function clientChoices(all: readonly SeenResource[]): readonly ResourceChoices[] {
  const services = servicesByAddress(all)
  return all
    .filter((one) => one.interfaces.some((way) => way.standardId.startsWith(tap)) || one.tables > 0)
    .map((resource) => ({
      ivoid: resource.ivoid,
      choices: [
        getService(resource, 'pyvo 1.6 and later: get_service("tap")', 'refused'),
        getService(resource, 'pyvo 1.4, 1.5: get_service("tap")', 'picked'),
        byBareStandard(resource, 'pyvo 1.3 and before: search(servicetype="tap")'),
        byBareStandard(resource, 'TOPCAT: TAP window, by keyword'),
        topcatTree(resource, services),
        topcatTapTable(resource, all),
      ],
    }))
}

/** pyvo's `get_service`: standard interfaces of the standard without its fragment, so auxiliary ones too. */
function getService(resource: SeenResource, client: string, ofSeveral: 'refused' | 'picked'): ClientChoice {
  const candidates = resource.interfaces.filter((one) => one.role === 'std' && withoutFragment(one) === tap)
  const [first] = candidates
  if (first === undefined) return none(client, `it raises ValueError: ${whyNone(resource, withoutFragment)}`)
  if (candidates.length === 1) return picked(client, candidates, describe(first))
  const found = `${candidates.length} standard interfaces fit: ${candidates.map(describe).join('; ')}`
  return ofSeveral === 'picked'
    ? { client, outcome: 'picked', accessUrls: [first.accessUrl], why: `the first of several, ${found}` }
    : {
        client,
        outcome: 'refused',
        accessUrls: distinct(candidates),
        why: `it raises ValueError, since ${found}. Users have to write lax=True or keyword=…, a word of one description`,
      }
}

/**
 * Standard interfaces of the bare standard: what pyvo searched for before 1.4, and what TOPCAT finds by words and shows
 * when another program sends it an identifier.
 */
function byBareStandard(resource: SeenResource, client: string): ClientChoice {
  const found = resource.interfaces.filter((one) => one.role === 'std' && one.standardId === tap)
  return found.length === 0
    ? none(client, whyNone(resource, whole))
    : picked(client, found, found.map(describe).join('; '))
}

/** TOPCAT's tree of services and tables up to 4.8: addresses of main capabilities, tables of all with the same address. */
function topcatTree(resource: SeenResource, services: ReadonlyMap<string, readonly string[]>): ClientChoice {
  const client = 'TOPCAT: TAP window, tree of services'
  const own = resource.interfaces.filter((one) => one.standardId === tap)
  if (own.length > 0) return picked(client, own, counted(resource.tables, 'table'))
  const auxiliary = resource.interfaces.filter((one) => one.standardId.startsWith(tap))
  const hosts = [...new Set(auxiliary.flatMap((one) => services.get(one.accessUrl) ?? []))]
  if (hosts.length > 0)
    return {
      ...picked(client, auxiliary, ''),
      why: `its ${counted(resource.tables, 'table')} shown under ${hosts.join(', ')}, which has the same access URL`,
    }
  return none(
    client,
    auxiliary.length === 0
      ? whyNone(resource, whole)
      : `no TAP service of this registry has the access URL ${distinct(auxiliary).join(', ')}, under which its tables could be shown`,
  )
}

/** TOPCAT's tree where the registry has RegTAP 1.2: services with rows in rr.tap_table. */
function topcatTapTable(resource: SeenResource, all: readonly SeenResource[]): ClientChoice {
  const client = 'TOPCAT since 2024: TAP window, tree of services'
  const isMain = (one: SeenResource) => one.interfaces.some((way) => way.standardId === tap)
  if (isMain(resource)) {
    const served = all.filter((one) => one.servedBy.includes(foldIvoid(resource.ivoid)) && isAuxiliary(one))
    const tables = served.reduce((sum, one) => sum + one.tables, resource.tables)
    const found = resource.interfaces.filter((one) => one.standardId === tap && one.type === 'vs:paramhttp')
    if (tables === 0) return none(client, 'neither it nor a record that it serves declares a table')
    return found.length === 0
      ? none(client, 'its interfaces are none of the type vs:ParamHTTP')
      : picked(client, found, counted(tables, 'table'))
  }
  const hosts = isAuxiliary(resource)
    ? all.filter((one) => isMain(one) && resource.servedBy.includes(foldIvoid(one.ivoid)))
    : []
  if (hosts.length > 0 && resource.tables > 0)
    return {
      client,
      outcome: 'picked',
      accessUrls: distinct(hosts.flatMap((one) => one.interfaces.filter((way) => way.standardId === tap))),
      why: `its ${counted(resource.tables, 'table')} shown under ${hosts.map((one) => one.ivoid).join(', ')}, by which it is served`,
    }
  return none(
    client,
    !isAuxiliary(resource)
      ? whyNone(resource, whole)
      : hosts.length === 0
        ? 'no relationship IsServedBy leads to a TAP service of this registry'
        : 'it declares no tables',
  )
}

function isAuxiliary(resource: SeenResource): boolean {
  return resource.interfaces.some((one) => one.standardId === `${tap}#aux`)
}

/** Why no interface fits, as precisely as can be said. */
function whyNone(resource: SeenResource, standardOf: (one: SeenInterface) => string): string {
  const ofStandard = resource.interfaces.filter((one) => standardOf(one) === tap)
  if (ofStandard.length > 0) {
    const roles = [...new Set(ofStandard.map(({ role }) => (role === '' ? 'no role' : `the role ${role}`)))].join(
      ' or ',
    )
    return `its TAP interface has ${roles}; only the role std counts`
  }
  const near = resource.interfaces.find((one) => /\btap\b|\/tap/.test(one.standardId))
  if (near === undefined) return 'no capability has the standardID ivo://ivoa.net/std/TAP'
  if (near.standardId === `${tap}#aux`)
    return 'it has an auxiliary TAP capability only; searches for services leave those out unless they are told includeaux'
  return `the standardID ${near.standardId} is not ivo://ivoa.net/std/TAP; the version belongs to the interface`
}

function picked(client: string, found: readonly SeenInterface[], why: string): ClientChoice {
  const accessUrls = distinct(found)
  return { client, outcome: accessUrls.length > 1 ? 'several' : 'picked', accessUrls, why }
}

function none(client: string, why: string): ClientChoice {
  return { client, outcome: 'none', accessUrls: [], why }
}

function describe(one: SeenInterface): string {
  const version = one.version === '' ? '' : ` version ${one.version}`
  const standard = one.standardId.slice('ivo://ivoa.net/std/'.length)
  return `capability ${one.capabilityIndex} (${one.capabilityType}, ${standard}), interface ${one.interfaceIndex} (${one.type}${version})`
}

function distinct(found: readonly SeenInterface[]): readonly string[] {
  return [...new Set(found.map((one) => one.accessUrl))]
}

function whole(one: SeenInterface): string {
  return one.standardId
}

function withoutFragment(one: SeenInterface): string {
  return one.standardId.split('#')[0] ?? ''
}

/** Access URL → IVOIDs of the TAP services that have it. */
function servicesByAddress(all: readonly SeenResource[]): ReadonlyMap<string, readonly string[]> {
  const services = new Map<string, string[]>()
  for (const { ivoid, interfaces } of all) {
    for (const { accessUrl, standardId } of interfaces)
      if (standardId === tap) services.set(accessUrl, [...(services.get(accessUrl) ?? []), ivoid])
  }
  return services
}
