// The formats records are handed out in: one list; a further format is one entry (OAI-PMH 2.0 §3.4; RI 1.1 §2.2).
import type { ActiveRecord } from '../core/record.js'
import { namespaceUri } from '../xml/namespaces.js'
import { dataciteWrapperNamespace, dataciteWrapperSchema, writeDatacite } from './datacite.js'
import { writeDublinCore } from './dublin-core.js'
import { asPayload } from './envelope.js'

export interface MetadataFormat {
  readonly prefix: string
  readonly schema: string
  readonly namespace: string
  /** Every record can be had in it; else `write` gives undefined for those that cannot. */
  readonly coversAll: boolean
  /** One element of a namespace of its own (OAI-PMH 2.0 §2.5). */
  write(record: ActiveRecord): string | undefined
}

const voresource = namespaceUri('vr')

export const metadataFormats: readonly MetadataFormat[] = [
  {
    // The publishers of the VO and the RofR all announce the VOResource namespace here.
    prefix: 'ivo_vor',
    schema: voresource,
    namespace: voresource,
    coversAll: true,
    write: (record) => asPayload(record.xml),
  },
  {
    prefix: 'oai_dc',
    schema: 'http://www.openarchives.org/OAI/2.0/oai_dc.xsd',
    namespace: namespaceUri('oai_dc'),
    coversAll: true,
    write: (record) => writeDublinCore(record.xml),
  },
  {
    prefix: 'oai_datacite',
    schema: dataciteWrapperSchema,
    namespace: dataciteWrapperNamespace,
    coversAll: false,
    write: (record) => writeDatacite(record.xml),
  },
]
