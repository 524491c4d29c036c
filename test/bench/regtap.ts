// Command: how fast all of the VO is taken in and searched. Generates records, sends them through `waymark ingest`,
// asks the running server what registry clients ask, prints tables and writes the figures as JSON.
//   node --import ./test/bench/typescript.mjs test/bench/regtap.ts [--sizes 3000,30000] [--seconds 20] [--engine postgresql] [--reuse]
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openEngine } from '../../src/engines/index.js'
import { declaredSchemas } from '../../src/tables/declared.js'
import { runInEngine } from './engine-road.js'
import { distribution, growthExponent, type MixFigures, processorSpeed, repeat } from './measure.js'
import { mixOfClients } from './mix-clients.js'
import { wholeVo } from './oai-pages.js'
import { processTreeUsage, watchProcess } from './process-usage.js'
import { type CommandFigures, type RunningServer, runCommand, startServer } from './program.js'
import { lookupClasses, type QueryClass, queryClasses, taskOf } from './queries.js'
import { answerRecordedQueries, hasRecordedQueries, type RecordedAnswer } from './recorded-queries.js'
import { describeProcessor, shortNumber, table, writeFigures } from './report.js'
import { loadSyntheticVo } from './synthetic-vo.js'
import { bodyOf, type TapClient, tapClient } from './tap-client.js'
import { emptyStateFolder, figuresFolder, generationBytes, keptStateFolder, pagesFolder } from './workspace.js'

const { values: options } = parseArgs({
  options: {
    sizes: { type: 'string', default: '3000,30000' },
    seconds: { type: 'string', default: '20' },
    repetitions: { type: 'string', default: '40' },
    engine: { type: 'string', default: 'duckdb' },
    'database-url': { type: 'string', default: process.env.DATABASE_URL ?? '' },
    reuse: { type: 'boolean', default: false },
  },
})

interface ClassFigures {
  readonly name: string
  readonly targetMs: number | undefined
  readonly engineP50Ms: number
  readonly httpP50Ms: number
  readonly httpP95Ms: number
  /** CPU of the server for one query over HTTP. */
  readonly cpuMs: number
  readonly rows: number
}

interface SizeFigures {
  readonly size: number
  readonly ingest: Omit<CommandFigures, 'output'> | undefined
  readonly databaseBytes: number
  readonly serving: {
    readonly startSeconds: number
    readonly idleBytes: number
    readonly peakBytes: number
  }
  readonly classes: readonly ClassFigures[]
  /** Each query computed, and as it is served: queries that come again are answered with what is kept. */
  readonly mixes: { readonly computed: EightClients; readonly served: EightClients }
  readonly update: { readonly records: number; readonly visibleAfterSeconds: number; readonly cpuSeconds: number }
  readonly recorded: readonly RecordedAnswer[]
}

interface EightClients extends MixFigures {
  readonly peakBytes: number
}

const settings = [
  '--engine',
  options.engine,
  ...(options['database-url'] === '' ? [] : ['--database-url', options['database-url']]),
]
const sizes = options.sizes.split(',').map(Number)
const figures: SizeFigures[] = []
for (const size of sizes) {
  console.log(`\n## ${size} resources, ${options.engine}\n`)
  console.log(`${describeProcessor(processorSpeed())}\n`)
  figures.push(await measureSize(size))
}
if (figures.length > 1) printGrowth()
writeFigures(join(figuresFolder, `regtap-${options.engine}.json`), 'regtap', { engine: options.engine, sizes: figures })

async function measureSize(size: number): Promise<SizeFigures> {
  const vo = await loadSyntheticVo()
  const name = `${options.engine}-${size}`
  const kept = options.reuse ? keptStateFolder(name) : undefined
  const state = kept ?? emptyStateFolder(name)
  const ingest = kept === undefined ? await ingestAll(size, state) : undefined
  const ivoids = Array.from({ length: 500 }, (_, index) => vo.ivoidOf(Math.floor((index * size) / 500)))
  const classes = queryClasses(ivoids)
  const engineTimes = await measureInEngine(classes, state)
  // Whoever measures how long a search takes must not be given what was found before.
  const server = await startServer([...settings, '--state', state, '--answer-cache', '0'])
  const client = tapClient(server.baseUrl, 16)
  const idleBytes = processTreeUsage(server.pid).residentBytes
  const watch = watchProcess(server.pid)
  try {
    const classFigures = await measureClasses(classes, engineTimes, client, server)
    printClasses(classFigures)
    const computed = await measureMix('each query computed', ivoids, server)
    const recorded = hasRecordedQueries ? await answerAll(client) : []
    const update = await measureUpdate(size, state, client)
    const { peakBytes } = watch.stop()
    console.log(
      `\nserver: started in ${shortNumber(server.startSeconds)} s, ${megabytes(idleBytes)} at rest, ${megabytes(peakBytes)} at most`,
    )
    await server.stop()
    const served = await measureServed(ivoids, state)
    return {
      size,
      ingest,
      databaseBytes: generationBytes(state),
      serving: { startSeconds: server.startSeconds, idleBytes, peakBytes },
      classes: classFigures,
      mixes: { computed, served },
      update,
      recorded,
    }
  } finally {
    watch.stop()
    await client[Symbol.asyncDispose]()
    await server.stop()
  }
}

/** The same eight clients at a server with its usual settings. */
async function measureServed(ivoids: readonly string[], state: string): Promise<EightClients> {
  const server = await startServer([...settings, '--state', state])
  try {
    return await measureMix('queries that come again from what is kept', ivoids, server)
  } finally {
    await server.stop()
  }
}

async function measureMix(
  title: string,
  ivoids: readonly string[],
  { baseUrl, pid }: RunningServer,
): Promise<EightClients> {
  const watch = watchProcess(pid)
  const figures = await mixOfClients({ baseUrl, ivoids, seconds: Number(options.seconds) }, 8)
  const { peakBytes } = watch.stop()
  printMix(title, figures)
  console.log(`server: ${megabytes(peakBytes)} at most`)
  return { ...figures, peakBytes }
}

async function ingestAll(size: number, state: string): Promise<Omit<CommandFigures, 'output'>> {
  const pages = await pagesFolder({ ...wholeVo, size })
  const { output: _, ...figures } = await runCommand(ingestArguments(state, pages))
  console.log(
    `ingest: ${shortNumber(figures.seconds)} s, ${shortNumber(figures.cpuSeconds)} s CPU, ${megabytes(figures.peakBytes)} at most, database ${megabytes(generationBytes(state))}\n`,
  )
  return figures
}

function ingestArguments(state: string, pages: string): readonly string[] {
  return ['ingest', ...settings, '--state', state, '--origin', 'ivo://synthetic.example/registry', pages]
}

/** Each class without HTTP, in this process. */
async function measureInEngine(
  classes: readonly QueryClass[],
  state: string,
): Promise<ReadonlyMap<string, { p50Ms: number; rows: number }>> {
  const engine = await openEngine(options.engine, { state, databaseUrl: options['database-url'] })
  const schemas = declaredSchemas()
  const found = new Map<string, { p50Ms: number; rows: number }>()
  try {
    for (const one of classes) {
      let rows = 0
      const task = {
        name: one.name,
        weight: 1,
        run: async (n: number) => {
          rows = (await runInEngine(engine, schemas, one.adql(n))).rows
        },
      }
      const { p50Ms } = await repeat(task, Number(options.repetitions), 8)
      found.set(one.name, { p50Ms, rows })
    }
  } finally {
    await engine[Symbol.asyncDispose]()
  }
  return found
}

async function measureClasses(
  classes: readonly QueryClass[],
  engineTimes: ReadonlyMap<string, { p50Ms: number; rows: number }>,
  client: TapClient,
  server: RunningServer,
): Promise<readonly ClassFigures[]> {
  const measured: ClassFigures[] = []
  for (const one of classes) {
    const before = processTreeUsage(server.pid).cpuSeconds
    const times = await repeat(taskOf(one, client), Number(options.repetitions), 8)
    const cpuSeconds = processTreeUsage(server.pid).cpuSeconds - before
    const inEngine = engineTimes.get(one.name)
    measured.push({
      name: one.name,
      targetMs: one.targetMs,
      engineP50Ms: inEngine?.p50Ms ?? Number.NaN,
      httpP50Ms: times.p50Ms,
      httpP95Ms: times.p95Ms,
      cpuMs: (cpuSeconds * 1000) / (times.count + 1),
      rows: inEngine?.rows ?? 0,
    })
  }
  return measured
}

/** 500 changed resources, as a harvest brings them: how long until a client sees them. */
async function measureUpdate(size: number, state: string, client: TapClient): Promise<SizeFigures['update']> {
  const every = Math.max(1, Math.round(size / 500))
  const records = Math.ceil(size / every)
  const version = await nextVersion(client)
  const pages = await pagesFolder({ ...wholeVo, size, every, version })
  const started = performance.now()
  const command = runCommand(ingestArguments(state, pages))
  const changed = async (): Promise<number> => {
    const answer = await client.query(`SELECT COUNT(*) AS n FROM rr.resource WHERE res_version = 'v${version}'`, {
      RESPONSEFORMAT: 'csv',
    })
    return Number(bodyOf(answer).toString().split(/\r?\n/)[1])
  }
  while ((await changed()) < records) await new Promise((resolve) => setTimeout(resolve, 50))
  const visibleAfterSeconds = (performance.now() - started) / 1000
  const { cpuSeconds } = await command
  console.log(
    `\nupdate: ${records} changed resources visible after ${shortNumber(visibleAfterSeconds)} s, ${shortNumber(cpuSeconds)} s CPU`,
  )
  return { records, visibleAfterSeconds, cpuSeconds }
}

/** A version that no record has yet: data that an earlier run left have had changes. */
async function nextVersion(client: TapClient): Promise<number> {
  const answer = await client.query("SELECT DISTINCT res_version FROM rr.resource WHERE res_version LIKE 'v%'", {
    RESPONSEFORMAT: 'csv',
  })
  const versions =
    bodyOf(answer)
      .toString()
      .match(/\bv\d+/g) ?? []
  return Math.max(1, ...versions.map((version) => Number(version.slice(1)))) + 1
}

async function answerAll(client: TapClient): Promise<readonly RecordedAnswer[]> {
  const answers: RecordedAnswer[] = []
  for await (const answer of answerRecordedQueries(client)) answers.push(answer)
  const failed = answers.filter((answer) => answer.failure !== undefined)
  const slow = answers.filter((answer) => answer.failure === undefined && answer.milliseconds > 2000)
  const { p50Ms, p95Ms, maxMs } = distribution(answers.map((answer) => answer.milliseconds))
  console.log(
    `\nrecorded queries: ${answers.length} answered, p50 ${shortNumber(p50Ms)} ms, p95 ${shortNumber(p95Ms)} ms, slowest ${shortNumber(maxMs)} ms, ${slow.length} above 2 s, ${failed.length} failed`,
  )
  for (const { query, failure } of failed)
    console.log(`  ${query.number}: ${query.client} ${query.version}, ${query.purpose}: ${failure}`)
  for (const { query, milliseconds, rows, bytes } of slow) {
    console.log(
      `  ${query.number}: ${query.client} ${query.version}, ${query.purpose}: ${shortNumber(milliseconds)} ms, ${rows} rows, ${megabytes(bytes)}`,
    )
  }
  return answers
}

function printClasses(classes: readonly ClassFigures[]): void {
  console.log('One client, milliseconds:\n')
  console.log(
    table(
      ['search', 'target', 'engine p50', 'HTTP p50', 'HTTP p95', 'CPU', 'rows'],
      classes.map((one) => [
        one.name,
        one.targetMs ?? Number.NaN,
        one.engineP50Ms,
        one.httpP50Ms,
        one.httpP95Ms,
        one.cpuMs,
        String(one.rows),
      ]),
    ),
  )
}

function printMix(title: string, { clients, perSecond, all, byTask }: MixFigures): void {
  console.log(
    `\n${clients} clients at once, ${title}: ${shortNumber(perSecond)} queries/s, p50 ${shortNumber(all.p50Ms)} ms, p95 ${shortNumber(all.p95Ms)} ms\n`,
  )
  console.log(
    table(
      ['search', 'times', 'p50', 'p95', 'max'],
      Object.entries(byTask).map(([name, one]) => [name, String(one.count), one.p50Ms, one.p95Ms, one.maxMs]),
    ),
  )
  const lookups = lookupClasses.map((name) => byTask[name]?.p95Ms ?? Number.NaN)
  console.log(`look-ups by IVOID: p95 ${shortNumber(Math.max(...lookups))} ms (target 60)`)
}

function printGrowth(): void {
  console.log('\n## Growth of the CPU per query with the number of resources\n')
  const [first] = figures
  console.log(
    table(
      ['search', ...figures.map(({ size }) => String(size)), 'exponent'],
      (first?.classes ?? []).map(({ name }) => {
        const costs = figures.map(({ size, classes }) => ({
          size,
          cost: classes.find((one) => one.name === name)?.cpuMs ?? Number.NaN,
        }))
        return [name, ...costs.map(({ cost }) => cost), growthExponent(costs)]
      }),
    ),
  )
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`
}
