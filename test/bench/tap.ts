// Command: what TAP adds to the time of a query in the engine, how fast rows leave as VOTable and other formats, and what
// look-ups wait beside hostile queries.
// Works on the state that bench:regtap leaves: run that first.
//   node --import ./test/bench/typescript.mjs test/bench/tap.ts [--size 30000] [--repetitions 30] [--warmup 40] [--rows 1000000] [--hostile 15]
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readConfig } from '../../src/config.js'
import { DuckdbEngine } from '../../src/engines/duckdb.js'
import { duckdbOptions } from '../../src/engines/index.js'
import { threadsOfProcess } from '../../src/engines/pool.js'
import { declaredSchemas } from '../../src/tables/declared.js'
import { runInEngine } from './engine-road.js'
import { type HostileFigures, hostileQueries, measureHostile } from './hostile.js'
import { distribution, processorSpeed } from './measure.js'
import { processTreeUsage, watchProcess } from './process-usage.js'
import { type RunningServer, startServer } from './program.js'
import { type QueryClass, queryClasses } from './queries.js'
import { describeProcessor, table, writeFigures } from './report.js'
import { loadSyntheticVo } from './synthetic-vo.js'
import { tapClient } from './tap-client.js'
import { figuresFolder, keptStateFolder } from './workspace.js'

const { values: options } = parseArgs({
  options: {
    size: { type: 'string', default: '30000' },
    repetitions: { type: 'string', default: '30' },
    /** Rounds through all searches before anything is measured. */
    warmup: { type: 'string', default: '40' },
    rows: { type: 'string', default: '1000000' },
    /** Seconds of each hostile query. */
    hostile: { type: 'string', default: '15' },
  },
})

interface Overhead {
  readonly name: string
  /** SQL in the engine alone, in this process. */
  readonly engineP50Ms: number
  readonly compileP50Ms: number
  /** From sending the request to the last byte of the answer. */
  readonly httpP50Ms: number
}

interface Output {
  readonly format: string
  readonly seconds: number
  readonly megabytes: number
  readonly megabytesPerSecond: number
  readonly serverCpuSeconds: number
  readonly serverPeakBytes: number
}

const formats = [
  'application/x-votable+xml;serialization=TABLEDATA',
  'application/x-votable+xml;serialization=BINARY2',
  'text/csv',
  'application/json',
]

const size = Number(options.size)
const state = keptStateFolder(`duckdb-${size}`)
if (state === undefined)
  throw new Error(`There is no data of ${size} resources: run bench:regtap with --sizes ${size} first.`)
const vo = await loadSyntheticVo()
const classes = queryClasses(Array.from({ length: 500 }, (_, index) => vo.ivoidOf(Math.floor((index * size) / 500))))
/** Longest run of a query; short, so that hostile ones end. */
const queryTimeoutSeconds = 20
// What was found before would be given without the engine, of whose time this is about.
const server = await startServer([
  '--state',
  state,
  '--query-timeout',
  String(queryTimeoutSeconds),
  '--answer-cache',
  '0',
])
try {
  console.log(`${describeProcessor(processorSpeed())}\n`)
  const overheads = await measureOverheads(classes, state, server)
  console.log(
    table(
      ['search', 'engine p50 (ms)', 'HTTP p50 (ms)', 'ratio', 'more (ms)', 'compiling, if new (ms)'],
      overheads.map(({ name, engineP50Ms, httpP50Ms, compileP50Ms }) => [
        name,
        engineP50Ms,
        httpP50Ms,
        httpP50Ms / engineP50Ms,
        httpP50Ms - engineP50Ms,
        compileP50Ms,
      ]),
    ),
  )
  const outputs: Output[] = []
  for (const format of formats) outputs.push(await measureOutput(format, server))
  console.log(`\n${options.rows} rows of rr.table_column:\n`)
  console.log(
    table(
      ['format', 's', 'MB', 'MB/s', 'server CPU (s)', 'server memory (MB)'],
      outputs.map((one) => [
        one.format,
        one.seconds,
        one.megabytes,
        one.megabytesPerSecond,
        one.serverCpuSeconds,
        one.serverPeakBytes / 1e6,
      ]),
    ),
  )
  const hostile = await measureAllHostile(classes, server)
  console.log(`\nHostile queries, with ${queryTimeoutSeconds} s for each, and look-ups beside them:\n`)
  console.log(
    table(
      ['query', 'times', 'longest (s)', 'status', 'answer', 'look-ups', 'p50 (ms)', 'p95 (ms)'],
      hostile.map((one) => [
        one.name,
        one.times,
        one.seconds,
        one.statusCode,
        one.message,
        one.lookUps.count,
        one.lookUps.p50Ms,
        one.lookUps.p95Ms,
      ]),
    ),
  )
  writeFigures(join(figuresFolder, 'tap.json'), 'tap', { size, overheads, outputs, hostile })
} finally {
  await server.stop()
}

/** Engine and HTTP in turns, so that both meet the same noise. */
async function measureOverheads(
  searches: readonly QueryClass[],
  folder: string,
  { baseUrl }: RunningServer,
): Promise<readonly Overhead[]> {
  // With the threads that an engine process has: what is measured is the way, not how the processors are shared out.
  const threads = threadsOfProcess(Math.max(2, availableParallelism()), readConfig({}, {}).engineQueries)
  await using engine = await DuckdbEngine.open({ ...duckdbOptions({ state: folder }), threads })
  await using client = tapClient(baseUrl, 1)
  const schemas = declaredSchemas()
  // A server spends its life warm: what V8 compiles is compiled after some hundreds of queries, on either side.
  for (let round = 0; round < Number(options.warmup); round++)
    for (const { adql } of searches) {
      await runInEngine(engine, schemas, adql(round))
      await client.time(adql(round))
    }
  const found: Overhead[] = []
  for (const { name, adql } of searches) {
    const [inEngine, compiling, overHttp]: [number[], number[], number[]] = [[], [], []]
    // The first three runs bring what this search reads into memory.
    for (let repetition = -3; repetition < Number(options.repetitions); repetition++) {
      const query = adql(repetition + 3)
      const { engineMs, compileMs } = await runInEngine(engine, schemas, query)
      const started = performance.now()
      await client.time(query)
      if (repetition < 0) continue
      overHttp.push(performance.now() - started)
      inEngine.push(engineMs)
      compiling.push(compileMs)
    }
    found.push({
      name,
      engineP50Ms: distribution(inEngine).p50Ms,
      compileP50Ms: distribution(compiling).p50Ms,
      httpP50Ms: distribution(overHttp).p50Ms,
    })
  }
  return found
}

async function measureAllHostile(
  searches: readonly QueryClass[],
  { baseUrl }: RunningServer,
): Promise<readonly HostileFigures[]> {
  const [lookUp] = searches
  if (lookUp === undefined) throw new Error('There is no search for look-ups.')
  await using client = tapClient(baseUrl, 1)
  const figures: HostileFigures[] = []
  for (const query of hostileQueries)
    figures.push(await measureHostile(query, { baseUrl, client, lookUp: lookUp.adql }, Number(options.hostile)))
  return figures
}

/** A large result, thrown away as it comes. */
async function measureOutput(format: string, { baseUrl, pid }: RunningServer): Promise<Output> {
  const cpuBefore = processTreeUsage(pid).cpuSeconds
  const watch = watchProcess(pid)
  await using client = tapClient(baseUrl, 1)
  const started = performance.now()
  const { byteCount } = await client.time(
    'SELECT ivoid, table_index, name, ucd, unit, datatype, arraysize, flag, column_description FROM rr.table_column',
    { MAXREC: options.rows, RESPONSEFORMAT: format },
  )
  const seconds = (performance.now() - started) / 1000
  const { peakBytes, cpuSeconds } = watch.stop()
  return {
    format,
    seconds,
    megabytes: byteCount / 1e6,
    megabytesPerSecond: byteCount / 1e6 / seconds,
    serverCpuSeconds: cpuSeconds - cpuBefore,
    serverPeakBytes: peakBytes,
  }
}
