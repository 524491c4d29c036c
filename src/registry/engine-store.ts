// The engine's generations as what publishing needs: the records held, and a way to the next generation.

import { RegistryError } from '../core/errors.js'
import { foldIvoid, type Ivoid } from '../core/ivoid.js'
import type { ResourceRecord } from '../core/record.js'
import type { Transaction, WritableEngine } from '../engines/engine.js'
import type { Schema } from '../tables/metadata.js'
import type { VocabularySource } from '../voresource/vocabulary-files.js'
import { prepareGeneration } from './generation.js'
import { ingestRecords, removeRecords } from './ingest.js'
import type { Companion, HeldRecord, RecordStore, Renewal } from './record-store.js'
import type { SqlRecordSource } from './records.js'

export interface EngineStoreParts {
  readonly engine: WritableEngine
  readonly records: SqlRecordSource
  /** Public schemas. */
  readonly schemas: readonly Schema[]
  /** Our own registry: origin of the records this store holds. */
  readonly registry: Ivoid
  /** As for an ingest. */
  readonly vocabularies?: VocabularySource | undefined
  /** What else is published with the records. */
  readonly companions?: readonly Companion[]
}

/** The store of our own records in an engine. Records of other origins stay as they are. */
export class EngineRecordStore implements RecordStore {
  readonly #parts: EngineStoreParts

  constructor(parts: EngineStoreParts) {
    this.#parts = parts
  }

  async held(): Promise<ReadonlyMap<string, HeldRecord>> {
    try {
      const entries = await this.#parts.records.headers({ origin: this.#parts.registry })
      return new Map(
        entries.map(({ foldedIvoid, ivoid, datestamp, status }) => [
          foldedIvoid,
          { ivoid, datestamp, deleted: status === 'deleted' },
        ]),
      )
    } catch (thrown) {
      // Before the first publication there is no generation to ask.
      if (thrown instanceof RegistryError && thrown.kind === 'unavailable') return new Map()
      throw thrown
    }
  }

  async get(ivoid: string): Promise<ResourceRecord | undefined> {
    const record = await this.#parts.records.get(ivoid)
    return record !== undefined && foldIvoid(record.origin) === foldIvoid(this.#parts.registry) ? record : undefined
  }

  async isComplete(): Promise<boolean> {
    for (const companion of this.#parts.companions ?? []) if (!(await companion.isCurrent())) return false
    return true
  }

  renew(prepare: () => Promise<Renewal>, beforeSwitch: () => Promise<void>, madeBy = 'publish'): Promise<void> {
    const { engine, schemas, registry, vocabularies, companions = [] } = this.#parts
    const fill = async (next: Transaction) => {
      await prepareGeneration(next, schemas)
      const { records, purged } = await prepare()
      await removeRecords(next, purged, schemas)
      const report = await ingestRecords(next, records, { schemas, own: registry, vocabularies })
      const [refused] = report.quarantined
      // A record of our own that cannot be read is our mistake; nothing of it may become visible.
      if (refused !== undefined)
        throw new RegistryError('invalid', `The record ${refused.ivoid ?? ''} cannot be served: ${refused.reason}.`)
      for (const companion of companions) await companion.write(next)
      await beforeSwitch()
    }
    return engine.renew(fill, { madeBy })
  }
}
