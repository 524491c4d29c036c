// The one list of settings. Each comes from a flag, the environment, or the settings file, in this order of precedence.
import { type DeclaredSetting, readSettings } from './config/read-settings.js'
import { RegistryError } from './core/errors.js'

/** What can be set. Units stand in the names. */
export interface Config {
  readonly port: number
  readonly host: string
  /** Public address without trailing slash; what records, OAI-PMH and TAP call themselves. */
  readonly baseUrl: string
  readonly resources: string
  readonly state: string
  readonly engine: string
  readonly databaseUrl: string
  readonly schemas: string
  /** Versions of the schemas that records keep to: conservative or current. */
  readonly profile: string
  readonly queryTimeoutSeconds: number
  readonly maxRowsDefault: number
  readonly maxRowsHard: number
  readonly uploadLimitBytes: number
  /** Hosts, comma separated; `readUploadHosts` takes them apart. */
  readonly uploadHosts: string
  readonly jobResultLimitBytes: number
  readonly jobSpaceBytes: number
  readonly engineProcesses: number
  readonly engineQueries: number
  readonly engineMemoryMegabytes: number
  /** Disk space for answers that are asked for again; 0 for none. */
  readonly answerCacheMegabytes: number
  readonly oaiPageRecords: number
  /** Generations of the data kept beside the one in use. */
  readonly earlierGenerations: number
  /** File or address of the snapshot that a replica serves; empty for a registry of our own. */
  readonly snapshot: string
  readonly snapshotPollSeconds: number
  readonly snapshotLimitBytes: number
  readonly trustProxy: boolean
  /** What happens to requests for former hosts; empty when they are not served. */
  readonly legacy: string
  /** When services are examined while serving; empty for never. */
  readonly checkSchedule: string
  /** When the registry itself is examined while serving; empty for never. */
  readonly doctorSchedule: string
  /** When registries are harvested while serving; empty for never. */
  readonly harvestSchedule: string
  /** When the IVOA's vocabularies are fetched while serving; empty for never. */
  readonly vocabularySchedule: string
  /** Address below which the vocabularies are. */
  readonly vocabulariesUrl: string
  /** Registries of scheduled harvests; empty for those that were harvested before. */
  readonly harvestRegistries: string
  readonly harvestAtOnce: number
  readonly harvestFullDays: number
  readonly harvestMaxBytes: number
  /** Base URL of the registry that lists the others. */
  readonly registryOfRegistries: string
  readonly notifyUrl: string
  readonly notifyCommand: string
  readonly logLevel: string
}

type Setting = DeclaredSetting<keyof Config>

/** Every setting with its names, default, unit and meaning; documentation and `--help` are made from it. */
export const settings: readonly Setting[] = [
  {
    name: 'port',
    variable: 'PORT',
    flag: '--port',
    defaultValue: 8080,
    description: 'TCP port to listen on; 0 takes a free one',
  },
  { name: 'host', variable: 'HOST', flag: '--host', defaultValue: '127.0.0.1', description: 'address to listen on' },
  {
    name: 'baseUrl',
    variable: 'WAYMARK_BASE_URL',
    flag: '--base-url',
    defaultValue: '',
    description:
      'public address of the registry, as clients see it; set it whenever a proxy stands in front (default: http://localhost:PORT)',
  },
  {
    name: 'resources',
    variable: 'WAYMARK_RESOURCES',
    flag: '--resources',
    defaultValue: 'resources',
    description: 'folder of the descriptors to publish',
  },
  {
    name: 'state',
    variable: 'WAYMARK_STATE',
    flag: '--state',
    defaultValue: 'state',
    description: 'folder of the ledger, the database generations and the jobs',
  },
  {
    name: 'engine',
    variable: 'WAYMARK_ENGINE',
    flag: '--engine',
    defaultValue: 'duckdb',
    description: 'SQL engine: duckdb or postgresql',
  },
  {
    name: 'databaseUrl',
    variable: 'DATABASE_URL',
    flag: '--database-url',
    defaultValue: '',
    description: 'address of the PostgreSQL database (engine postgresql)',
  },
  {
    name: 'schemas',
    variable: 'WAYMARK_SCHEMAS',
    flag: '--schemas',
    defaultValue: '',
    description: 'folder with the official XML schemas; when given, records are validated against them',
  },
  {
    name: 'profile',
    variable: 'WAYMARK_PROFILE',
    flag: '--profile',
    defaultValue: 'conservative',
    description:
      'schema versions that records keep to: conservative (VOResource 1.1, TAPRegExt 1.0; what the Registry of Registries judges by) or current (VOResource 1.2, TAPRegExt 1.1)',
  },
  {
    name: 'queryTimeoutSeconds',
    variable: 'WAYMARK_QUERY_TIMEOUT',
    flag: '--query-timeout',
    defaultValue: 60,
    unit: 'seconds',
    description: 'longest run of a synchronous query',
  },
  {
    name: 'maxRowsDefault',
    variable: 'WAYMARK_MAXREC',
    flag: '--maxrec',
    defaultValue: 100_000,
    unit: 'rows',
    description: 'rows a query gets when it does not ask for a number',
  },
  {
    name: 'maxRowsHard',
    variable: 'WAYMARK_MAXREC_HARD',
    flag: '--maxrec-hard',
    defaultValue: 10_000_000,
    unit: 'rows',
    description: 'rows a query can get at most',
  },
  {
    name: 'uploadLimitBytes',
    variable: 'WAYMARK_UPLOAD_LIMIT',
    flag: '--upload-limit',
    defaultValue: 50_000_000,
    unit: 'bytes',
    description: 'size of an uploaded table at most',
  },
  {
    name: 'uploadHosts',
    variable: 'WAYMARK_UPLOAD_HOSTS',
    flag: '--upload-hosts',
    defaultValue: '',
    description:
      'hosts (name or name:port, comma separated) from which uploads may be fetched although their addresses are private',
  },
  {
    name: 'jobResultLimitBytes',
    variable: 'WAYMARK_JOB_RESULT_LIMIT',
    flag: '--job-result-limit',
    defaultValue: 2_000_000_000,
    unit: 'bytes',
    description: 'size of the result of an asynchronous job at most',
  },
  {
    name: 'jobSpaceBytes',
    variable: 'WAYMARK_JOB_SPACE',
    flag: '--job-space',
    defaultValue: 20_000_000_000,
    unit: 'bytes',
    description: 'disk space for the uploads and results of all jobs together',
  },
  {
    name: 'engineProcesses',
    variable: 'WAYMARK_ENGINE_PROCESSES',
    flag: '--engine-processes',
    defaultValue: 1,
    unit: 'processes',
    description: 'processes that run queries of strangers; one more is kept for look-ups',
  },
  {
    name: 'engineQueries',
    variable: 'WAYMARK_ENGINE_QUERIES',
    flag: '--engine-queries',
    defaultValue: 2,
    unit: 'queries',
    description: 'queries of strangers that run at the same time in each engine process, and share its memory',
  },
  {
    name: 'engineMemoryMegabytes',
    variable: 'WAYMARK_ENGINE_MEMORY',
    flag: '--engine-memory',
    defaultValue: 1000,
    unit: 'megabytes',
    description:
      'memory of one engine process; what needs more is stopped. Writing may use six tenths of it, 600 megabytes at least',
  },
  {
    name: 'answerCacheMegabytes',
    variable: 'WAYMARK_ANSWER_CACHE',
    flag: '--answer-cache',
    defaultValue: 256,
    unit: 'megabytes',
    description:
      'disk space for the rows of queries that come again, kept until the data change; 0 keeps none (engine duckdb)',
  },
  {
    name: 'oaiPageRecords',
    variable: 'WAYMARK_OAI_PAGE',
    flag: '--oai-page',
    defaultValue: 250,
    unit: 'records',
    description: 'records on one page of an OAI-PMH list',
  },
  {
    name: 'earlierGenerations',
    variable: 'WAYMARK_EARLIER_GENERATIONS',
    flag: '--earlier-generations',
    defaultValue: 2,
    unit: 'generations',
    description:
      'generations of the data kept for going back, beside the one in use: the previous one, then the last one of each earlier day',
  },
  {
    name: 'snapshot',
    variable: 'WAYMARK_SNAPSHOT',
    flag: '--snapshot',
    defaultValue: '',
    description: 'serve a read-only replica of this snapshot, a file or http(s) address, and follow newer ones',
  },
  {
    name: 'snapshotPollSeconds',
    variable: 'WAYMARK_SNAPSHOT_POLL',
    flag: '--snapshot-poll',
    defaultValue: 300,
    unit: 'seconds',
    description: 'how often a replica asks the address of its snapshot for a newer one',
  },
  {
    name: 'snapshotLimitBytes',
    variable: 'WAYMARK_SNAPSHOT_LIMIT',
    flag: '--snapshot-limit',
    defaultValue: 20_000_000_000,
    unit: 'bytes',
    description: 'size of a snapshot at most',
  },
  {
    name: 'trustProxy',
    variable: 'WAYMARK_TRUST_PROXY',
    flag: '--trust-proxy',
    defaultValue: false,
    description: 'take the client address from X-Forwarded-For',
  },
  {
    name: 'legacy',
    variable: 'WAYMARK_LEGACY',
    flag: '--legacy',
    defaultValue: '',
    description:
      'answer requests for former hosts, told by their Host header: redirect, proxy or error; behind commas MOVE=MODE, OPERATION=MODE (sync, async, other) or MOVE.OPERATION=MODE',
  },
  {
    name: 'checkSchedule',
    variable: 'WAYMARK_CHECK_SCHEDULE',
    flag: '--check-schedule',
    defaultValue: '',
    description: 'examine all services while serving, at these times (UTC) as cron writes them: "17 */3 * * *"',
  },
  {
    name: 'doctorSchedule',
    variable: 'WAYMARK_DOCTOR_SCHEDULE',
    flag: '--doctor-schedule',
    defaultValue: '',
    description:
      'examine the registry itself while serving, as waymark doctor does, at these times (UTC) as cron writes them: "11 5 * * 0"',
  },
  {
    name: 'harvestSchedule',
    variable: 'WAYMARK_HARVEST_SCHEDULE',
    flag: '--harvest-schedule',
    defaultValue: '',
    description: 'harvest other registries while serving, at these times (UTC) as cron writes them: "40 */6 * * *"',
  },
  {
    name: 'vocabularySchedule',
    variable: 'WAYMARK_VOCABULARY_SCHEDULE',
    flag: '--vocabulary-schedule',
    defaultValue: '',
    description:
      'fetch the vocabularies of the IVOA anew while serving, at these times (UTC) as cron writes them: "23 4 * * 1"',
  },
  {
    name: 'vocabulariesUrl',
    variable: 'WAYMARK_VOCABULARIES_URL',
    flag: '--vocabularies-url',
    defaultValue: 'http://www.ivoa.net/rdf',
    description: 'address below which the vocabularies of the IVOA are, for networks that have a copy of their own',
  },
  {
    name: 'harvestRegistries',
    variable: 'WAYMARK_HARVEST_REGISTRIES',
    flag: '--harvest-registries',
    defaultValue: '',
    description:
      'registries of scheduled harvests: base URLs and IVOIDs, comma separated, or "all" (default: those that were harvested before)',
  },
  {
    name: 'harvestAtOnce',
    variable: 'WAYMARK_HARVEST_AT_ONCE',
    flag: '--harvest-at-once',
    defaultValue: 6,
    unit: 'registries',
    description: 'hosts asked at the same time; a host never gets two requests at once',
  },
  {
    name: 'harvestFullDays',
    variable: 'WAYMARK_HARVEST_FULL_DAYS',
    flag: '--harvest-full-days',
    defaultValue: 180,
    unit: 'days',
    description: 'after so many days all records of a registry are asked for again; 0 for never',
  },
  {
    name: 'harvestMaxBytes',
    variable: 'WAYMARK_HARVEST_MAX_BYTES',
    flag: '--harvest-max-bytes',
    defaultValue: 200_000_000,
    unit: 'bytes',
    description: 'longest answer of a registry, unpacked',
  },
  {
    name: 'registryOfRegistries',
    variable: 'WAYMARK_REGISTRY_OF_REGISTRIES',
    flag: '--registry-of-registries',
    defaultValue: 'http://rofr.ivoa.net/cgi-bin/oai.pl',
    description: 'OAI-PMH address of the registry that lists all others',
  },
  {
    name: 'notifyUrl',
    variable: 'WAYMARK_NOTIFY_URL',
    flag: '--notify-url',
    defaultValue: '',
    description:
      'address that gets a POST with JSON when the harvest of a registry turns red, or the registry fails a scheduled examination',
  },
  {
    name: 'notifyCommand',
    variable: 'WAYMARK_NOTIFY_COMMAND',
    flag: '--notify-command',
    defaultValue: '',
    description:
      'program, with its arguments between blanks, that gets the same JSON on its standard input; no shell is involved',
  },
  {
    name: 'logLevel',
    variable: 'WAYMARK_LOG',
    flag: '--log',
    defaultValue: 'warn',
    description: 'trace, debug, info, warn, error or silent',
  },
]

/** Settings as given on one surface: by setting name. */
export type GivenSettings = { readonly [Name in keyof Config]?: string | number | boolean | undefined }

/**
 * Flags, environment and settings file (YAML, keys are setting names) → config.
 * Throws kind `usage` naming the setting, what was found and what was expected.
 */
export function readConfig(flags: GivenSettings, environment: NodeJS.ProcessEnv, file?: string): Config {
  // The list has every setting and states the kind of each by its default.
  const config = readSettings(settings, flags, environment, file) as unknown as Config
  const baseUrl = config.baseUrl === '' ? `http://localhost:${config.port}` : config.baseUrl
  return { ...config, baseUrl: checkBaseUrl(baseUrl) }
}

function checkBaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new RegistryError(
      'usage',
      `The base URL is "${text}"; expected http://… or https://… without query, as clients reach the registry.`,
    )
  }
  return text.replace(/\/+$/, '')
}
