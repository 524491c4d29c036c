// Another registry's Identify and ListSets → who it is, which authorities it manages, whether it has the set we ask for.
import { foldIvoid, type Ivoid, isIvoid } from '../core/ivoid.js'
import { askRegistry } from '../oai/client.js'
import { type ClientOptions, HarvestError, requestUrl } from '../oai/client-request.js'
import { managedSet } from '../oai/provider.js'
import { attributeOf, childElements, firstChild, textOf, type XmlElement } from '../xml/reader.js'

/** A registry that we harvest, as it describes itself. */
export interface Peer {
  readonly baseUrl: string
  /** IVOID of its own record: the origin of what it publishes. */
  readonly ivoid: Ivoid
  readonly title: string
  /** In lower case, each once. */
  readonly managedAuthorities: readonly string[]
  /** It has the set `ivo_managed`; registries that hold their own records only may lack it. */
  readonly hasManagedSet: boolean
}

/** Asks a registry who it is. Throws HarvestError when it does not answer or has no registry record in its Identify. */
export async function askPeer(baseUrl: string, client: ClientOptions): Promise<Peer> {
  const sent = { verb: 'Identify' }
  const root = await askRegistry(baseUrl, sent, client)
  const record = findRegistryRecord(root)
  const identifier = record === undefined ? undefined : firstChild(record, 'identifier')
  const ivoid = identifier === undefined ? '' : textOf(identifier).trim()
  if (record === undefined || !isIvoid(ivoid)) {
    const reason = 'its Identify has no registry record with an IVOID, which says what it manages (RI 1.1 §2.5)'
    throw new HarvestError(baseUrl, requestUrl(baseUrl, sent), reason)
  }
  const title = firstChild(record, 'title')
  const managed = childElements(record, 'managedAuthority').map((one) => foldIvoid(textOf(one).trim()))
  return {
    baseUrl,
    ivoid,
    title: title === undefined ? ivoid : textOf(title).trim(),
    managedAuthorities: [...new Set(managed)].sort(),
    hasManagedSet: await hasManagedSet(baseUrl, client),
  }
}

function findRegistryRecord(root: XmlElement): XmlElement | undefined {
  const identify = firstChild(root, 'Identify')
  const resources = (identify === undefined ? [] : childElements(identify, 'description'))
    .flatMap((description) => childElements(description))
    .filter(({ name }) => name === 'Resource')
  return resources.find(isRegistry)
}

function isRegistry(resource: XmlElement): boolean {
  const type = attributeOf(resource, 'type', 'http://www.w3.org/2001/XMLSchema-instance') ?? ''
  return /(^|:)Registry$/.test(type.trim())
}

async function hasManagedSet(baseUrl: string, client: ClientOptions): Promise<boolean> {
  try {
    const list = firstChild(await askRegistry(baseUrl, { verb: 'ListSets' }, client), 'ListSets')
    const specs = (list === undefined ? [] : childElements(list, 'set')).map((set) => firstChild(set, 'setSpec'))
    return specs.some((spec) => spec !== undefined && textOf(spec).trim() === managedSet)
  } catch (thrown) {
    if (thrown instanceof HarvestError && thrown.codes.includes('noSetHierarchy')) return false
    throw thrown
  }
}
