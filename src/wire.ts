// Config → the registry object with all its parts, and what publishes into it. Disposed in reverse.
import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Logger, pino } from 'pino'
import { languageFeatures } from './adql/features.js'
import type { Config } from './config.js'
import { type Clock, systemClock } from './core/clock.js'
import { toDatestamp } from './core/datestamp.js'
import { RegistryError } from './core/errors.js'
import { authorityOf, type Ivoid } from './core/ivoid.js'
import { readProjectJson } from './core/project-files.js'
import { openEngine } from './engines/index.js'
import { AuthorityTaken, claimsByOthers, newAuthorities } from './registry/authority-claims.js'
import { documentsCompanion } from './registry/documents-companion.js'
import { EngineRecordStore } from './registry/engine-store.js'
import { checkGeneration } from './registry/generation-check.js'
import { generationFormat, writeFacts } from './registry/generation-facts.js'
import { directoryFile } from './registry/harvest-directory.js'
import { harvestHistoryFile, historyTableCompanion } from './registry/harvest-history.js'
import { openLedger } from './registry/ledger.js'
import { movesCompanion } from './registry/moves-companion.js'
import { loadMoves, type MoveFile } from './registry/moves-file.js'
import { historyCompanion } from './registry/moves-history.js'
import { collectMoves } from './registry/moves-rows.js'
import { type BuiltDescriptor, movableResources } from './registry/moves-source.js'
import type { BuiltResource } from './registry/publication.js'
import { type PublishParts, type PublishReport, publish } from './registry/publish.js'
import type { Companion } from './registry/record-store.js'
import { SqlRecordSource } from './registry/records.js'
import type { Registry } from './registry/registry.js'
import { declaredSchemas } from './tables/declared.js'
import { tableAccessFacts } from './tap/facts.js'
import { tapLimits } from './tap/limits.js'
import { QueryCompiler } from './tap/query-compiler.js'
import { readUploadHosts } from './tap/upload-hosts.js'
import { recordBuilder } from './voresource/build.js'
import { ResourceCache } from './voresource/cache.js'
import { type BuildContext, readProfile } from './voresource/context.js'
import type { Finding } from './voresource/finding.js'
import { hasErrors, sortFindings, throwIfErrors } from './voresource/finding.js'
import { type LoadedDescriptor, type LoadedResources, loadResources } from './voresource/load.js'
import { validateResources } from './voresource/validate.js'
import { keptVocabularies, type VocabularySource, vocabularyFolder } from './voresource/vocabulary-files.js'

/** The resources folder as read: descriptors, and everything there is to say about them. */
export interface CheckedResources extends LoadedResources {
  readonly findings: readonly Finding[]
  readonly moves: readonly MoveFile[]
}

/** A registry that can be published into. */
export interface OpenRegistry extends AsyncDisposable {
  readonly registry: Registry
  readonly parts: PublishParts
  readonly resources: CheckedResources
  /** What is published beside the records; a rebuild writes it too. */
  readonly companions: readonly Companion[]
  /**
   * Publishes the resources; throws DescriptorError when one of them must not be published, AuthorityTaken when a new
   * authority is that of another registry and is not to be taken all the same.
   */
  publish(options?: { readonly takeAuthorities?: boolean }): Promise<PublishReport>
  /** Reads our own documents into memory, for harvests to come. */
  warmUp(): Promise<void>
}

/** What a test or a command may put in place of the real world. */
export interface WireOptions {
  readonly clock?: Clock
  /** Processes for strangers' queries; commands have no strangers. */
  readonly processes?: number
}

/**
 * Declared only by who strives for the whole registry (RegTAP 1.2 §7). TOPCAT looks for 1.0, pyvo for any 1.x, so all
 * three stand there: each later version has everything of the earlier ones.
 */
const regtapModels = ['1.2', '1.1', '1.0'].map((version) => ({
  name: `Registry ${version}`,
  ivoid: `ivo://ivoa.net/std/RegTAP#${version}`,
}))

/** Reads the descriptors and finds what is wrong with them. Throws kind `usage` when the folder is missing. */
export async function checkResources(
  config: Config,
  cache?: ResourceCache,
  clock: Clock = systemClock,
): Promise<CheckedResources> {
  const loaded = await loadResources(config.resources, cache === undefined ? {} : { cache })
  const moves = await loadMoves(config.resources, cache)
  const findings = validateResources(loaded, toDatestamp(clock()).slice(0, 10), vocabulariesOf(config))
  return { ...loaded, moves: moves.moves, findings: sortFindings([...findings, ...moves.findings]) }
}

/**
 * Opens state and engine for the resources. Throws kind `invalid` when no descriptor says which registry this is.
 */
export async function openRegistry(config: Config, options: WireOptions = {}): Promise<OpenRegistry> {
  const clock = options.clock ?? systemClock
  const uploadHosts = readUploadHosts(config.uploadHosts)
  mkdirSync(config.state, { recursive: true })
  // What was parsed and built before need not be again: of a thousand descriptors, one changes.
  const cache = await ResourceCache.open(join(config.state, 'resources-cache.json'))
  const resources = await checkResources(config, cache, clock)
  const self = findSelf(resources)
  const engine = await openEngine(config.engine, {
    state: config.state,
    databaseUrl: config.databaseUrl,
    processes: options.processes ?? 0,
    queriesEach: config.engineQueries,
    memoryMegabytes: config.engineMemoryMegabytes,
    answerMegabytes: config.answerCacheMegabytes,
    earlierGenerations: config.earlierGenerations,
    check: checkGeneration,
    complete: (next, madeBy) =>
      writeFacts(next, {
        id: randomUUID(),
        format: generationFormat,
        made: toDatestamp(clock()),
        madeBy,
        program: readProjectJson<{ readonly version: string }>('package.json').version,
        registry: self.registry,
        tapService: self.tap,
        baseUrl: config.baseUrl,
      }),
  })
  const tables = declaredSchemas()
  const records = new SqlRecordSource(engine)
  const compiler = new QueryCompiler({ schemas: tables, dialect: () => engine.dialect })
  const registry: Registry = {
    config,
    clock,
    log: createLog(config),
    ivoid: self.registry,
    engine,
    tables,
    records,
    vocabularies: vocabulariesOf(config),
    uploadHosts,
    compiler,
    tapRecord: async () => {
      const record = self.tap === undefined ? undefined : await records.get(self.tap)
      return record?.status === 'deleted' ? undefined : record
    },
  }
  const built = hasErrors(resources.findings) ? [] : buildResources(resources.descriptors, config, cache)
  const moves = collectMoves(movableResources(built), resources.moves)
  const history = historyCompanion({
    path: join(config.state, 'address-history.json'),
    engine,
    schemas: tables,
    clock,
    built,
  })
  const harvests = historyTableCompanion(join(config.state, harvestHistoryFile), engine, tables)
  const companions = [
    movesCompanion(moves, engine, tables),
    documentsCompanion(built, engine, tables),
    history,
    harvests,
  ]
  const store = new EngineRecordStore({
    engine,
    records,
    schemas: tables,
    registry: self.registry,
    vocabularies: registry.vocabularies,
    companions,
  })
  const parts: PublishParts = {
    ledger: openLedger(join(config.state, 'ledger.json')),
    store,
    clock,
    registry: self.registry,
  }
  return {
    registry,
    parts,
    resources,
    companions,
    publish: async ({ takeAuthorities = false } = {}) => {
      throwIfErrors(resources.findings)
      if (!takeAuthorities) {
        const added = newAuthorities(
          built.map(({ ivoid }) => ivoid),
          await parts.ledger.read(),
        )
        const registriesPath = join(config.state, directoryFile)
        const claims = await claimsByOthers({ engine, registriesPath, own: self.registry }, added)
        if (claims.length > 0) throw new AuthorityTaken(claims)
      }
      const report = await publish(parts, built)
      await cache.save()
      return report
    },
    warmUp: () => records.warm({ origin: self.registry }),
    [Symbol.asyncDispose]: async () => {
      await compiler[Symbol.asyncDispose]()
      await engine[Symbol.asyncDispose]()
    },
  }
}

/** Vocabularies in force: fetched into the state folder, or as shipped. */
export function vocabulariesOf({ state }: Pick<Config, 'state'>): VocabularySource {
  return keptVocabularies(join(state, vocabularyFolder))
}

/** The descriptors → documents, with the addresses and abilities of this program where they describe it. */
export function buildResources(
  descriptors: readonly LoadedDescriptor[],
  config: Config,
  cache?: ResourceCache,
): readonly (BuiltResource & BuiltDescriptor)[] {
  const build = recordBuilder(buildContext(descriptors, config), cache)
  return descriptors.map((loaded) => ({
    ivoid: loaded.ivoid,
    descriptor: loaded.descriptor,
    xml: build(loaded),
    source: loaded.file,
  }))
}

/** What records say about this program: its addresses, its abilities, the authorities of all descriptors. */
export function buildContext(descriptors: readonly LoadedDescriptor[], config: Config): BuildContext {
  const full = descriptors.some(({ descriptor }) => descriptor.type === 'vg:Registry' && descriptor.full === true)
  return {
    profile: readProfile(config.profile),
    self: {
      baseUrl: config.baseUrl,
      managedAuthorities: [...new Set(descriptors.map(({ ivoid }) => authorityOf(ivoid)))].sort(),
      tableAccess: tableAccessFacts({
        limits: tapLimits(config),
        features: featuresByList(),
        dataModels: full ? regtapModels : [],
      }),
      tables: declaredSchemas(),
      oaiPageRecords: config.oaiPageRecords,
    },
  }
}

/** Optional features of ADQL by the IVOID of their list. */
function featuresByList(): Record<string, { form: string; description?: string }[]> {
  return Object.fromEntries(
    languageFeatures.map(({ type, features }) => [
      type,
      features.map(({ form, description }) => (description === undefined ? { form } : { form, description })),
    ]),
  )
}

function findSelf({ descriptors, findings }: CheckedResources): {
  readonly registry: Ivoid
  readonly tap: Ivoid | undefined
} {
  const own = descriptors.filter(({ descriptor }) => 'self' in descriptor && descriptor.self === true)
  const registry = own.find(({ descriptor }) => descriptor.type === 'vg:Registry')
  if (registry === undefined) {
    throwIfErrors(findings)
    throw new RegistryError(
      'invalid',
      'No descriptor says which registry this is; expected one with "type: vg:Registry" and "self: true", as resources/registry.yaml has it.',
    )
  }
  return { registry: registry.ivoid, tap: own.find(({ descriptor }) => descriptor.type === 'vs:CatalogService')?.ivoid }
}

/** The log of the program, on standard error. */
export function createLog(config: Config): Logger {
  return pino({ level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2))
}
