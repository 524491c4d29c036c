// Harvests that turned red, and other things that went wrong unseen → a webhook, a program, so that somebody hears of it who does not look.
import { spawn } from 'node:child_process'
import type { KeptReport } from './harvest-history.js'
import { type HarvestReport, subjectOf } from './harvest-report.js'

/** What is told; anything beside subject and sender is for the programs of who is told. */
export interface Notification {
  readonly subject: string
  /** IVOID of our own registry. */
  readonly from: string
}

export interface HarvestNotification extends Notification {
  readonly harvests: readonly HarvestReport[]
}

export interface NotifyOptions {
  /** Gets a POST with the notification as JSON; empty for nothing. */
  readonly url: string
  /** Program and arguments between blanks; gets the JSON on its standard input. Empty for nothing. */
  readonly command: string
  readonly fetch: typeof fetch
  readonly userAgent: string
}

const longestSeconds = 30

/** Those that are red now and were not before; a registry that stays red is told of once. */
export function turnedRed(
  reports: readonly HarvestReport[],
  before: ReadonlyMap<string, Pick<KeptReport, 'colour'>>,
): readonly HarvestReport[] {
  return reports.filter((report) => report.colour === 'red' && before.get(subjectOf(report))?.colour !== 'red')
}

/** What is told of them. */
export function notification(harvests: readonly HarvestReport[], from: string): HarvestNotification {
  const names = harvests.map(({ registry, baseUrl }) => registry ?? baseUrl)
  const more = names.length > 1 ? ` and ${names.length - 1} more` : ''
  return { subject: `Harvest of ${names[0] ?? 'nothing'}${more} turned red`, from, harvests }
}

/** Tells it; gives what went wrong with that, in words. */
export async function notify(message: Notification, options: NotifyOptions): Promise<readonly string[]> {
  const text = `${JSON.stringify(message)}\n`
  const problems: string[] = []
  const attempt = async (name: string, work: () => Promise<void>): Promise<void> => {
    await work().catch((thrown: unknown) => {
      problems.push(`${name} could not be told: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
    })
  }
  if (options.url !== '') await attempt(options.url, () => post(text, options))
  if (options.command !== '') await attempt(options.command, () => run(text, options.command))
  return problems
}

async function post(text: string, { url, fetch, userAgent }: NotifyOptions): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': userAgent },
    body: text,
    redirect: 'error',
    signal: AbortSignal.timeout(longestSeconds * 1000),
  })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`it answered with HTTP status ${response.status}`)
}

/** No shell sees what a registry calls itself: the arguments are the operator's, the rest goes to standard input. */
function run(text: string, command: string): Promise<void> {
  const [program = '', ...args] = command.trim().split(/\s+/)
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'inherit'], timeout: longestSeconds * 1000 })
    child.once('error', reject)
    child.once('close', (code, signal) => {
      if (code === 0) resolve()
      else reject(new Error(signal === null ? `it ended with exit code ${code}` : `it was stopped by ${signal}`))
    })
    // A program that does not read is no failure.
    child.stdin.on('error', () => undefined)
    child.stdin.end(text)
  })
}
