// Which registries there are: as the Registry of Registries lists them, as it did the last time, or as it was known when
// the program was packed (Registry Interfaces 1.1 §4.2).
import { readFile } from 'node:fs/promises'
import type { Clock } from '../core/clock.js'
import { toDatestamp } from '../core/datestamp.js'
import { RegistryError } from '../core/errors.js'
import { foldIvoid, isIvoid } from '../core/ivoid.js'
import { readProjectJson } from '../core/project-files.js'
import { replaceFile } from '../core/replace-file.js'
import { sql } from '../core/sql.js'
import type { Engine } from '../engines/engine.js'
import { harvestPages } from '../oai/client.js'
import { type ClientOptions, HarvestError } from '../oai/client-request.js'
import { publishersSet } from '../oai/provider.js'
import { attributeOf, childElements, firstChild, textOf, type XmlElement } from '../xml/reader.js'
import { readResources } from './resource-reader.js'

/** A registry that can be harvested. */
export interface ListedRegistry {
  readonly ivoid: string
  readonly baseUrl: string
  readonly title?: string
  /** As its record has them; the list that came with the program does not say. */
  readonly managedAuthorities?: readonly string[]
}

export interface Directory {
  readonly registries: readonly ListedRegistry[]
  /** `listed`: fetched now. `kept`: as it was fetched last. `packed`: as it came with the program. */
  readonly source: 'listed' | 'kept' | 'packed'
  /** When it was true, as far as known. */
  readonly since?: string
  /** Why it could not be fetched now. */
  readonly problem?: string
}

export interface DirectoryParts {
  /** Base URL of the Registry of Registries. */
  readonly baseUrl: string
  readonly client: ClientOptions
  /** File in the state directory for the list that was fetched last; left out, nothing is kept. */
  readonly path?: string
  readonly clock: Clock
}

/** The list that was fetched last, in the state folder. */
export const directoryFile = 'registries.json'

/** The set as the standard's text has it; the one that is deployed is asked for first (see `publishersSet`). */
const writtenSet = 'ivo_publishers'

/** The registries to harvest; never fails for want of an answer. */
export async function readDirectory(parts: DirectoryParts): Promise<Directory> {
  try {
    const registries = await fetchRegistries(parts)
    if (registries.length > 0) {
      const since = toDatestamp(parts.clock())
      if (parts.path !== undefined) await keep(parts.path, { registries, since })
      return { registries, source: 'listed', since }
    }
    return await knownDirectory(parts.path, `${parts.baseUrl} lists no registry`)
  } catch (thrown) {
    if (!(thrown instanceof HarvestError)) throw thrown
    return knownDirectory(parts.path, thrown.message)
  }
}

/** The list without asking for it. */
export async function knownDirectory(path: string | undefined, problem?: string): Promise<Directory> {
  const told = problem === undefined ? {} : { problem }
  const kept = path === undefined ? undefined : await readKept(path)
  if (kept !== undefined) return { ...kept, source: 'kept', ...told }
  const packed = readProjectJson<Pick<Kept, 'registries'>>('schemas/registries.json')
  return { registries: packed.registries, source: 'packed', ...told }
}

/** The address at which a registry is harvested, by its IVOID in any spelling, from the records we hold. */
export async function heldAddress(engine: Engine, ivoid: string): Promise<string | undefined> {
  const query = sql`SELECT i.access_url FROM rr.capability AS c
    JOIN rr.interface AS i ON i.ivoid = c.ivoid AND i.cap_index = c.cap_index
    WHERE c.ivoid = ${foldIvoid(ivoid)} AND c.cap_type = 'vg:harvest'
    ORDER BY CASE WHEN i.intf_role LIKE 'std%' THEN 0 ELSE 1 END, i.intf_index`
  try {
    for await (const rows of engine.query(query, { trusted: true }))
      for (const [url] of rows) if (typeof url === 'string') return url
  } catch (thrown) {
    // Before anything was published or harvested there is no generation.
    if (!(thrown instanceof RegistryError && thrown.kind === 'unavailable')) throw thrown
  }
  return undefined
}

interface Kept {
  readonly registries: readonly ListedRegistry[]
  readonly since: string
}

/** A file that is missing or damaged is no list; the next answer replaces it. */
async function readKept(path: string): Promise<Kept | undefined> {
  try {
    const { registries, since } = JSON.parse(await readFile(path, 'utf8')) as Kept
    return { registries, since }
  } catch {
    return undefined
  }
}

function keep(path: string, content: Kept): Promise<void> {
  return replaceFile(path, `${JSON.stringify(content, null, 2)}\n`)
}

/** By the set of publishers under either of its names; of a registry without one, everything that is a registry. */
async function fetchRegistries({ baseUrl, client }: DirectoryParts): Promise<readonly ListedRegistry[]> {
  let problem: unknown
  for (const set of [publishersSet, writtenSet, undefined]) {
    try {
      const found = new Map<string, ListedRegistry>()
      const request = { baseUrl, metadataPrefix: 'ivo_vor', ...(set === undefined ? {} : { set }) }
      for await (const { document } of harvestPages(request, client))
        for await (const one of readResources(document)) {
          const registry = one.kind === 'resource' ? listedRegistry(one.element) : undefined
          if (registry !== undefined) found.set(foldIvoid(registry.ivoid), registry)
        }
      if (found.size > 0) return [...found.values()]
    } catch (thrown) {
      if (!(thrown instanceof HarvestError)) throw thrown
      problem ??= thrown
    }
  }
  if (problem !== undefined) throw problem
  return []
}

/** An active vg:Registry with a capability vg:Harvest; undefined for anything else. */
function listedRegistry(resource: XmlElement): ListedRegistry | undefined {
  const status = attributeOf(resource, 'status') ?? 'active'
  const harvest = childElements(resource, 'capability').find((one) => /(^|:)Harvest$/.test(typeOf(one)))
  if (!/(^|:)Registry$/.test(typeOf(resource)) || status !== 'active' || harvest === undefined) return undefined
  const interfaces = childElements(harvest, 'interface')
  const standard = interfaces.find((one) => attributeOf(one, 'role')?.startsWith('std')) ?? interfaces[0]
  const address = standard === undefined ? undefined : firstChild(standard, 'accessURL')
  const ivoid = textOfChild(resource, 'identifier')
  const baseUrl = address === undefined ? '' : textOf(address).trim()
  if (!isIvoid(ivoid) || !/^https?:\/\//.test(baseUrl) || !URL.canParse(baseUrl)) return undefined
  const title = textOfChild(resource, 'title')
  const managedAuthorities = childElements(resource, 'managedAuthority').map((one) => textOf(one).trim())
  return { ivoid, baseUrl, ...(title === '' ? {} : { title }), managedAuthorities }
}

function textOfChild(element: XmlElement, name: string): string {
  const child = firstChild(element, name)
  return child === undefined ? '' : textOf(child).trim()
}

function typeOf(element: XmlElement): string {
  return (attributeOf(element, 'type', 'http://www.w3.org/2001/XMLSchema-instance') ?? '').trim()
}
