// Command: how fast OAI-PMH hands out records, beside the rate at which Node's plain http server sends the same bytes.
//   node --import ./test/bench/typescript.mjs test/bench/oai.ts [--records 10000] [--seconds 10]
import { type ChildProcess, spawn } from 'node:child_process'
import { Agent, get } from 'node:http'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { foldIvoid, parseIvoid } from '../../src/core/ivoid.js'
import { openEngine } from '../../src/engines/index.js'
import { EngineRecordStore } from '../../src/registry/engine-store.js'
import { openLedger } from '../../src/registry/ledger.js'
import { publish } from '../../src/registry/publish.js'
import { SqlRecordSource } from '../../src/registry/records.js'
import { declaredSchemas } from '../../src/tables/declared.js'
import { registryIvoid, registryXml, sampleXml } from '../support/sample-records.js'
import { type Distribution, distribution, type MixFigures, mix, type Task } from './measure.js'
import { processTreeUsage, watchProcess } from './process-usage.js'
import { table, writeFigures } from './report.js'
import { emptyStateFolder, figuresFolder, keptStateFolder } from './workspace.js'

const { values: options } = parseArgs({
  options: { records: { type: 'string', default: '10000' }, seconds: { type: 'string', default: '10' } },
})
const count = Number(options.records)
const stateName = `oai-${count}`

/** A catalog of some 10 kB: sixty columns. */
function document(number: number): string {
  const columns = Array.from(
    { length: 60 },
    (_, column) =>
      `<column><name>column_${column}</name><description>Measurement number ${column} of catalog ${number}, in the band that the name of the column tells</description><unit>mag</unit><ucd>phot.mag;em.opt</ucd></column>`,
  )
  return sampleXml({
    ivoid: `ivo://example.edu/catalog/${number}`,
    title: `Catalog ${number}`,
    rest: `<tableset><schema><name>main</name><table><name>main.data${number}</name>${columns.join('')}</table></schema></tableset>\n`,
  })
}

async function prepare(): Promise<string> {
  const kept = keptStateFolder(stateName)
  if (kept !== undefined) return kept
  const state = emptyStateFolder(stateName)
  await using engine = await openEngine('duckdb', { state })
  const records = new SqlRecordSource(engine)
  const store = new EngineRecordStore({ engine, records, schemas: declaredSchemas(), registry: registryIvoid })
  const catalogs = Array.from({ length: count }, (_, number) => ({
    ivoid: parseIvoid(`ivo://example.edu/catalog/${number}`),
    xml: document(number),
  }))
  const report = await publish(
    { ledger: openLedger(join(state, 'ledger.json')), store, clock: () => new Date(), registry: registryIvoid },
    [{ ivoid: registryIvoid, xml: registryXml() }, ...catalogs],
  )
  console.log(`published ${report.new.length} records in ${report.seconds.toFixed(1)} s`)
  return state
}

const agent = new Agent({ keepAlive: true })

interface Fetched {
  readonly text: string
  readonly bytes: number
  readonly firstByteMs: number
}

function fetchPage(url: string, gzip = false): Promise<Fetched> {
  return new Promise((resolve, reject) => {
    const started = performance.now()
    const headers = gzip ? { 'accept-encoding': 'gzip' } : {}
    get(url, { agent, headers }, (response) => {
      const firstByteMs = performance.now() - started
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const whole = Buffer.concat(chunks)
        // The token stands at the end; turning megabytes into text would measure the client.
        resolve({ text: whole.subarray(-2000).toString(), bytes: whole.length, firstByteMs })
      })
      response.on('error', reject)
    }).on('error', reject)
  })
}

async function withServer<Result>(
  state: string,
  mode: string,
  work: (address: string, server: ChildProcess) => Promise<Result>,
): Promise<Result> {
  const args = ['--import', './test/bench/typescript.mjs', 'test/bench/oai-server.ts', state, registryIvoid, mode]
  const server = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise((resolve) => server.once('close', resolve))
  const port = await new Promise<string>((resolve, reject) => {
    server.stdout.once('data', (text: Buffer) => resolve(text.toString().trim()))
    server.once('close', (code) => reject(new Error(`the server ended with exit code ${code}`)))
  })
  try {
    return await work(`http://127.0.0.1:${port}/oai`, server)
  } finally {
    server.kill('SIGKILL')
    await ended
  }
}

interface HarvestFigures {
  readonly recordsPerSecond: number
  readonly megabytesPerSecond: number
  readonly firstByte: Distribution
  readonly peakBytes: number
  /** CPU of the server in seconds. */
  readonly cpuSeconds: number
}

async function harvest(address: string, server: ChildProcess): Promise<HarvestFigures> {
  const watch = watchProcess(server.pid ?? 0)
  const cpuBefore = processTreeUsage(server.pid ?? 0).cpuSeconds
  const firstBytes: number[] = []
  const started = performance.now()
  let bytes = 0
  let url = `${address}?verb=ListRecords&metadataPrefix=ivo_vor`
  for (;;) {
    const page = await fetchPage(url)
    bytes += page.bytes
    firstBytes.push(page.firstByteMs)
    const token = /<resumptionToken[^>]*>([^<]+)</.exec(page.text)?.[1]
    if (token === undefined) break
    url = `${address}?verb=ListRecords&resumptionToken=${token}`
  }
  const seconds = (performance.now() - started) / 1000
  const { peakBytes, cpuSeconds } = watch.stop()
  return {
    recordsPerSecond: (count + 1) / seconds,
    megabytesPerSecond: bytes / 1e6 / seconds,
    firstByte: distribution(firstBytes),
    peakBytes,
    cpuSeconds: cpuSeconds - cpuBefore,
  }
}

const state = await prepare()
const runs = await withServer(state, '', async (address, server) => [
  await harvest(address, server),
  await harvest(address, server),
  await harvest(address, server),
])
/** Eight clients asking for one record after the other, on a server that has just started and on one that has served a harvest. */
async function singles(isWarm: boolean): Promise<MixFigures> {
  return withServer(state, '', async (address, server) => {
    if (isWarm) await harvest(address, server)
    return mix([getRecord(address)], 8, Number(options.seconds))
  })
}

function getRecord(address: string): Task {
  return {
    name: 'GetRecord',
    weight: 1,
    run: async (repetition) => {
      const ivoid = foldIvoid(`ivo://example.edu/catalog/${(repetition * 7919) % count}`)
      await fetchPage(`${address}?verb=GetRecord&metadataPrefix=ivo_vor&identifier=${encodeURIComponent(ivoid)}`)
    },
  }
}

const cold = await singles(false)
const warm = await singles(true)
const plain = await withServer(state, 'plain', async (address) => {
  const pages = Math.ceil(count / 250)
  const started = performance.now()
  let bytes = 0
  for (let page = 0; page < pages; page++) bytes += (await fetchPage(address)).bytes
  return bytes / 1e6 / ((performance.now() - started) / 1000)
})

console.log(
  table(
    ['whole harvest', 'records/s', 'MB/s', 'first byte p95 (ms)', 'peak memory (MB)', 'CPU (s)'],
    runs.map((run, index) => [
      `run ${index + 1}`,
      run.recordsPerSecond,
      run.megabytesPerSecond,
      run.firstByte.p95Ms,
      run.peakBytes / 1e6,
      run.cpuSeconds,
    ]),
  ),
)
console.log(`Node's plain http server: ${plain.toFixed(0)} MB/s`)
for (const [name, single] of [
  ['just started', cold],
  ['after a harvest', warm],
] as const) {
  console.log(
    `GetRecord, 8 clients, ${name}: ${single.perSecond.toFixed(0)}/s, p50 ${single.all.p50Ms.toFixed(1)} ms, p95 ${single.all.p95Ms.toFixed(1)} ms`,
  )
}
writeFigures(join(figuresFolder, `oai-${count}.json`), 'oai', {
  records: count,
  runs,
  plainMegabytesPerSecond: plain,
  cold,
  warm,
})
agent.destroy()
