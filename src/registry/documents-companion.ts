// Documents that descriptors name beside the reference page → rows of waymark.document, published with the records.
import { foldIvoid, type Ivoid } from '../core/ivoid.js'
import type { Row } from '../core/sql.js'
import type { Engine } from '../engines/engine.js'
import { findTable } from '../tables/declared.js'
import type { Schema } from '../tables/metadata.js'
import type { Descriptor } from '../voresource/resource-types/index.js'
import type { Companion } from './record-store.js'
import { tableCompanion } from './table-companion.js'

/** A descriptor with the identifier of its record. */
interface Described {
  readonly ivoid: Ivoid
  readonly descriptor: Descriptor
}

/**
 * Publishes the documents: VOResource has one referenceURL, and a capability for each further page would be an address
 * that clients take for the service (pyvo's `access_url` is the first one of all in alphabetical order).
 */
export function documentsCompanion(
  described: readonly Described[],
  engine: Pick<Engine, 'query'>,
  schemas: readonly Schema[],
): Companion {
  const rows = described.flatMap(({ ivoid, descriptor: { documents = [] } }) =>
    documents.map(({ url, title = null }): Row => [foldIvoid(ivoid), url, title]),
  )
  return tableCompanion([[findTable(schemas, 'waymark.document'), rows]], engine)
}
