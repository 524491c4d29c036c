// What an OAI-PMH provider works with: records, its own record read once per state of the data, settings, key, clock.
import type { Clock } from '../core/clock.js'
import { RegistryError } from '../core/errors.js'
import type { Ivoid } from '../core/ivoid.js'
import { sameIvoid } from '../core/ivoid.js'
import type { RecordSource, ResourceRecord } from '../core/record.js'
import { childElements, firstChild, readXml, textOf } from '../xml/reader.js'
import type { EnvelopeFrame } from './envelope.js'

/** What the registry's own vg:Registry record says about it. */
export interface SelfDescription {
  readonly record: ResourceRecord & { readonly xml: string }
  readonly title: string
  readonly adminEmails: readonly string[]
  /** It tries to hold the records of all registries and hands on those of others too (RI 1.1 §3.2). */
  readonly isFull: boolean
}

export interface ProviderOptions {
  readonly records: RecordSource
  /** IVOID of the own vg:Registry record. */
  readonly ivoid: Ivoid
  readonly frame: EnvelopeFrame
  readonly clock: Clock
  /** Signs resumption tokens; at least 32 bytes that nobody else knows. */
  readonly tokenKey: Uint8Array
  /** Records on one page of a list. */
  readonly pageRecords: number
}

export interface OaiProvider extends ProviderOptions {
  /** Throws kind `unavailable` while nothing has been published. */
  self(): Promise<SelfDescription>
  /** To be called when the records were renewed. */
  forget(): void
}

/** Options → provider. The own record is read once and kept until `forget`. */
export function createProvider(options: ProviderOptions): OaiProvider {
  let known: Promise<SelfDescription> | undefined
  return {
    ...options,
    self() {
      known ??= readSelf(options.records, options.ivoid).catch((error: unknown) => {
        known = undefined
        throw error
      })
      return known
    },
    forget() {
      known = undefined
    },
  }
}

async function readSelf(records: RecordSource, ivoid: Ivoid): Promise<SelfDescription> {
  const record = await records.get(ivoid)
  if (record === undefined || record.status === 'deleted') {
    throw new RegistryError(
      'unavailable',
      `The registry has not published its own record ${ivoid} yet; its operator publishes it with "waymark publish".`,
      { retryAfterSeconds: 60 },
    )
  }
  const root = readXml(record.xml)
  const curation = firstChild(root, 'curation')
  const emails = (curation === undefined ? [] : childElements(curation, 'contact'))
    .flatMap((contact) => childElements(contact, 'email'))
    .map((email) =>
      textOf(email)
        .trim()
        .replace(/^mailto:/i, ''),
    )
    .filter((email) => email !== '')
  const title = firstChild(root, 'title')
  const full = firstChild(root, 'full')
  return {
    record,
    title: title === undefined ? ivoid : textOf(title).trim(),
    adminEmails: [...new Set(emails)],
    isFull: full !== undefined && /^\s*(true|1)\s*$/.test(textOf(full)),
  }
}

/** The set of every publishing registry: all that originates here, deleted records included (RI 1.1 §2.6). */
export const managedSet = 'ivo_managed'

/**
 * The set of registries to harvest, offered by who knows them all (RI 1.1 §4.2). The standard's text calls it
 * `ivo_publishers`; the Registry of Registries, and so every harvester, calls it this.
 */
export const publishersSet = 'ivoa_publishers'

/** A set that a registry offers. */
export interface RecordSet {
  readonly spec: string
  readonly name: string
}

/** The sets on offer; `isFull` as the registry's own record says. */
export function setsOffered(isFull: boolean): readonly RecordSet[] {
  const managed = { spec: managedSet, name: 'All records that originate in this registry' }
  return isFull
    ? [managed, { spec: publishersSet, name: 'Registries of the Virtual Observatory to be harvested' }]
    : [managed]
}

/** The sets that a record is in, among those on offer; every header names them all (OAI-PMH 2.0 §2.6). */
export function setsOf(record: ResourceRecord, registry: Ivoid, isFull: boolean): readonly string[] {
  const sets = sameIvoid(record.origin, registry) ? [managedSet] : []
  return isFull && record.isPublisher ? [...sets, publishersSet] : sets
}
