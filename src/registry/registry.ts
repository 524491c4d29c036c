// What the doors receive: one object with everything that serves. Made by wire.ts, disposed in reverse.
import type { Logger } from 'pino'
import type { Compiler } from '../adql/compile.js'
import type { Config } from '../config.js'
import type { Clock } from '../core/clock.js'
import type { Ivoid } from '../core/ivoid.js'
import type { ActiveRecord, RecordSource } from '../core/record.js'
import type { WritableEngine } from '../engines/engine.js'
import type { Schema } from '../tables/metadata.js'
import type { VocabularySource } from '../voresource/vocabulary-files.js'

export interface Registry {
  readonly config: Config
  readonly clock: Clock
  readonly log: Logger
  /** IVOID of this registry's own vg:Registry record. */
  readonly ivoid: Ivoid
  /** Reads the present generation; strangers' queries run in its pool. */
  readonly engine: WritableEngine
  /** Compiles queries that take long aside, so that others do not wait. */
  readonly compiler?: Compiler
  /** Schemas that TAP serves: `tap_schema`, `rr` and our own. */
  readonly tables: readonly Schema[]
  readonly records: RecordSource
  /** Vocabularies in force, for records that are taken in. */
  readonly vocabularies?: VocabularySource
  /** Hosts from which uploads may be fetched although their addresses are not public. */
  readonly uploadHosts?: readonly string[]
  /** The record of the TAP service run here, as published: its capabilities are the VOSI capabilities. */
  readonly tapRecord: () => Promise<ActiveRecord | undefined>
  /** Of a replica: the text of a record of its source's own services, with the addresses where they are served here. */
  readonly asServedHere?: (xml: string) => Promise<string>
}
