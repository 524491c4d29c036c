// A running service's own description (VOSI capabilities and tables) → the descriptor of its record.
import { RegistryError } from '../core/errors.js'
import { buildCapabilities } from '../voresource/build.js'
import type { Capability } from '../voresource/capabilities/index.js'
import type { Descriptor } from '../voresource/resource-types/index.js'
import { decodeXmlStream } from '../xml/decode.js'
import { attributeOf, childElements, firstChild, readXml, textOf, type XmlElement, XmlReader } from '../xml/reader.js'
import { compareRecords } from './compare-records.js'
import { fileName, type Imported } from './imported.js'
import { type Conversion, modernise } from './modernise.js'
import { importContext, readCapabilities } from './read-capability.js'
import { type FoundTables, tablesOf } from './service-tables.js'
import type { Source } from './source.js'

/** Opens an address below a service; `not-found` and `unavailable` are what a service may answer. */
export type Open = (address: string) => Promise<Source>

/** A VOSI document that is longer is none (bytes of XML, unpacked). */
const mostCharacters = 200_000_000

/** A service by its base address: TAP's or any other with /capabilities below it. */
export async function importService(address: string, open: Open): Promise<Imported> {
  const base = address
    .replace(/[?#].*$/, '')
    .replace(/\/+$/, '')
    .replace(/\/capabilities$/, '')
  const capabilities = await readVosi(await open(`${base}/capabilities`), 'capabilities')
  const stated = tablesAddress(capabilities)
  const tables = await tablesOf(stated ?? `${base}/tables`, async (one) =>
    readVosi(await open(one), 'tableset', 'table'),
  )
  // Without a word about tables in the capabilities, not having any is no news.
  const silent = stated === undefined && tables.tableset === undefined
  return described(base, capabilities, silent ? undefined : tables)
}

/** A VOSI document as a file: capabilities, or tables without them. */
export async function importVosi(source: Source): Promise<Imported> {
  const root = await readVosi(source, 'capabilities', 'tableset', 'table')
  if (root.name === 'capabilities') return described(source.label, root, undefined)
  const tables = await tablesOf(source.label, () => Promise.resolve(root), { isFile: true })
  return described(source.label, { ...root, name: 'capabilities', children: [] }, tables)
}

/** The root element of a VOSI document. Throws kind `invalid` when it is none of those expected. */
export async function readVosi(source: Source, ...names: readonly string[]): Promise<XmlElement> {
  const reader = new XmlReader()
  let characters = 0
  try {
    for await (const text of decodeXmlStream(source.bytes)) {
      characters += text.length
      if (characters > mostCharacters)
        throw new RegistryError(
          'limit',
          `${source.label} is longer than ${mostCharacters} characters; no VOSI document is.`,
        )
      reader.write(text)
    }
    const root = reader.close()
    if (names.includes(root.name)) return root
    throw new RegistryError(
      'invalid',
      `${source.label} is a <${root.name}>; expected a VOSI document with the root ${names.join(' or ')}.`,
    )
  } catch (error) {
    if (error instanceof RegistryError) throw error
    throw new RegistryError(
      'invalid',
      `${source.label} is ${error instanceof Error ? error.message : String(error)}.`,
      {
        cause: error,
      },
    )
  } finally {
    await source.close()
  }
}

/** Where the capabilities say the tables are (VOSI 1.1 §2.1.3). */
function tablesAddress(capabilities: XmlElement): string | undefined {
  const found = childElements(capabilities, 'capability').find((one) =>
    /^ivo:\/\/ivoa\.net\/std\/vosi#tables/i.test(attributeOf(one, 'standardID') ?? ''),
  )
  const one = found === undefined ? undefined : firstChild(found, 'interface')
  const url = one === undefined ? undefined : firstChild(one, 'accessURL')
  return url === undefined ? undefined : textOf(url).trim()
}

function described(label: string, document: XmlElement, tables: FoundTables | undefined): Imported {
  const { record, conversions } = modernise(document, 'conservative')
  const capabilities = readCapabilities(childElements(record, 'capability'), importContext)
  const tableset = tables?.tableset
  const type = typeFor(capabilities, tableset !== undefined)
  const page = capabilities.find((one) => one.type === 'web-browser')
  const descriptor = {
    type,
    ...(page?.accessUrl === undefined ? {} : { referenceUrl: page.accessUrl }),
    ...(capabilities.length === 0 ? {} : { capabilities }),
    ...(tableset === undefined ? {} : { tableset }),
  }
  return {
    descriptor,
    name: fileName(label.replace(/\.[a-z]{2,4}$/i, '')),
    conversions: [...conversions, ...(tables?.conversions ?? [])] satisfies readonly Conversion[],
    losses: lossesOf(record, { ...descriptor, ivoid: 'ivo://unknown/service' } as unknown as Descriptor),
    notes: [
      `Made of what ${label} says about itself (VOSI).`,
      'A service does not say who runs it and what for: title, description, subjects, publisher and contacts are yours to add,',
      'here or for all descriptors in site.yaml. Its IVOID is made of the authority in site.yaml and the name of this file.',
      ...(tables?.notes ?? []),
    ],
  }
}

/** VOResource 1.2 §3.2 and VODataService 1.2 §3.1: tables make a catalog service, data a data service. */
function typeFor(capabilities: readonly Capability[], hasTables: boolean): string {
  const types = new Set<string>(capabilities.map((one) => one.type))
  if (hasTables || types.has('tr:TableAccess') || types.has('cs:ConeSearch')) return 'vs:CatalogService'
  const isData = ['sia:SimpleImageAccess', 'sia2', 'ssap:SimpleSpectralAccess', 'slap:SimpleLineAccess', 'hips', 'soda']
  return isData.some((one) => types.has(one)) ? 'vs:DataService' : 'vr:Service'
}

function lossesOf(document: XmlElement, descriptor: Descriptor): Imported['losses'] {
  if (childElements(document, 'capability').length === 0) return []
  return compareRecords(document, readXml(buildCapabilities(descriptor, importContext)))
}
