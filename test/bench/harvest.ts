// Command: how long all of the VO takes to be harvested from fifty registries, some of which misbehave, and again when there
// is nothing new. Runs the built program, prints tables and writes the figures as JSON.
//   node --import ./test/bench/typescript.mjs test/bench/harvest.ts [--registries 50] [--records 30000]
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { HarvestReport } from '../../src/registry/harvest-report.js'
import { planRegistries } from './harvest-registries.js'
import { type CommandFigures, runCommand } from './program.js'
import { table, writeFigures } from './report.js'
import { emptyStateFolder, figuresFolder, generationBytes } from './workspace.js'

const { values: options } = parseArgs({
  options: {
    registries: { type: 'string', default: '50' },
    records: { type: 'string', default: '30000' },
    seed: { type: 'string', default: '42' },
  },
})

/** Of the whole VO on two cores (ARCHITECTURE 7.12). */
const targets = { fullSeconds: 300, againSeconds: 20, peakMegabytes: 1500 }

interface Round extends Omit<CommandFigures, 'output'> {
  readonly reports: readonly HarvestReport[]
}

async function startRegistries(): Promise<{ readonly child: ChildProcess; readonly baseUrls: readonly string[] }> {
  const args = ['test/bench/harvest-server.ts', options.registries, options.records, options.seed]
  const child = spawn(
    process.execPath,
    ['--max-old-space-size=4000', '--import', './test/bench/typescript.mjs', ...args],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  let printed = ''
  const baseUrls = await new Promise<readonly string[]>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
      if (printed.endsWith('\n')) resolve(JSON.parse(printed) as readonly string[])
    })
    child.once('close', (code) => reject(new Error(`the registries ended with exit code ${code}`)))
  })
  return { child, baseUrls }
}

async function harvest(state: string, baseUrls: readonly string[]): Promise<Round> {
  const settings = ['--state', state, '--log', 'silent', '--harvest-max-bytes', '100000000']
  // Some registries fail: exit code 6.
  const { output, ...figures } = await runCommand(['harvest', '--json', ...settings, ...baseUrls], 6)
  const lines = output.split('\n').filter((line) => line.startsWith('{'))
  return { ...figures, reports: lines.map((line) => JSON.parse(line) as HarvestReport) }
}

const count = (reports: readonly HarvestReport[], value: (report: HarvestReport) => number): number =>
  reports.reduce((sum, report) => sum + value(report), 0)

const state = emptyStateFolder('harvest')
const { child, baseUrls } = await startRegistries()
try {
  await runCommand(['publish', '--state', state, '--log', 'silent'])
  const rounds = [
    ['everything', await harvest(state, baseUrls)],
    ['nothing new', await harvest(state, baseUrls)],
  ] as const
  console.log(
    table(
      ['round', 'seconds', 'CPU (s)', 'peak memory (MB)', 'records seen', 'new', 'MB', 'green', 'yellow', 'red'],
      rounds.map(([name, { seconds, cpuSeconds, peakBytes, reports }]) => [
        name,
        seconds,
        cpuSeconds,
        peakBytes / 1e6,
        count(reports, ({ seen }) => seen),
        count(reports, (report) => report.new),
        count(reports, ({ bytes }) => bytes) / 1e6,
        ...(['green', 'yellow', 'red'] as const).map((colour) => reports.filter((one) => one.colour === colour).length),
      ]),
    ),
  )
  const [[, first], [, again]] = rounds
  const odd = planRegistries(Number(options.registries), Number(options.records)).flatMap((plan) => {
    const report = first.reports.find(({ baseUrl }) => baseUrl === baseUrls[plan.number])
    if (plan.behaviour === 'sound' || report === undefined) return []
    return [[plan.behaviour, report.outcome, report.colour, report.seen, report.rejected.length, report.seconds]]
  })
  console.log(table(['registry with', 'outcome', 'colour', 'seen', 'rejected', 'seconds'], odd))
  console.log(
    `Targets: ${targets.fullSeconds} s, ${targets.againSeconds} s, ${targets.peakMegabytes} MB. Data: ${(generationBytes(state) / 1e6).toFixed(0)} MB.`,
  )
  writeFigures(join(figuresFolder, `harvest-${options.records}.json`), 'harvest', {
    records: Number(options.records),
    registries: Number(options.registries),
    targets,
    first,
    again,
  })
} finally {
  child.kill('SIGKILL')
}
