// A document with resource records, or an IVOID asked of a registry → descriptors.
import { RegistryError } from '../core/errors.js'
import type { Ivoid } from '../core/ivoid.js'
import { type ClientOptions, fetchText } from '../oai/client-request.js'
import { readResources } from '../registry/resource-reader.js'
import { decodeXmlStream } from '../xml/decode.js'
import { attributeOf } from '../xml/reader.js'
import { importRecord } from './import-record.js'
import { fileName, type Imported } from './imported.js'

/** All records of a document, one after the other. Throws kind `invalid` for what is no record that can be read. */
export async function* importRecords(
  label: string,
  document: AsyncIterable<Uint8Array> | string,
): AsyncGenerator<Imported, void, undefined> {
  const text = typeof document === 'string' ? document : decodeXmlStream(document)
  for await (const found of readResources(text)) {
    if (found.kind === 'unreadable')
      throw new RegistryError('invalid', `${label}: ${found.reason.replace(/\.+$/, '')}.`)
    if (found.kind === 'deleted')
      throw new RegistryError('not-found', `${label}: the record ${found.header.identifier} has been deleted.`)
    const { descriptor, profile, conversions, losses } = importRecord(found.element)
    const isSame = conversions.length === 0 && losses.length === 0
    yield {
      descriptor: { ...descriptor },
      name: fileName(descriptor.ivoid ?? descriptor.title),
      conversions,
      losses,
      notes: [
        isSame
          ? 'The record built from this file says the same as the one it was made of.'
          : 'The record built from this file says the same as the one it was made of, but for what is listed here.',
        ...(profile === 'current' ? ['Some of it is said in VOResource 1.2 only (profile "current").'] : []),
        // The registry that publishes a record keeps its dates (VOResource 1.2 §3.1).
        `Its dates (created ${attributeOf(found.element, 'created') ?? 'unknown'}, updated ${attributeOf(found.element, 'updated') ?? 'unknown'}) begin anew with the first publication.`,
      ],
    }
  }
}

/** The document in which a registry answers for an IVOID. Throws HarvestError when it does not. */
export function recordFromRegistry(baseUrl: string, ivoid: Ivoid, options: ClientOptions): Promise<string> {
  return fetchText(baseUrl, { verb: 'GetRecord', metadataPrefix: 'ivo_vor', identifier: ivoid }, options)
}
