// Queries made to bring a service down → how each ends, and what look-ups beside it wait.
import { type Distribution, distribution } from './measure.js'
import { postQuery, type TapClient } from './tap-client.js'

export interface HostileQuery {
  readonly name: string
  readonly adql: string
}

export interface HostileFigures {
  readonly name: string
  /** How often it was asked and answered while look-ups ran. */
  readonly times: number
  /** Longest, in seconds. */
  readonly seconds: number
  readonly statusCode: number
  /** The beginning of what was answered. */
  readonly message: string
  readonly lookUps: Distribution
}

const doublings = 21

/** A text of a kilobyte, joined with itself again and again: two gigabytes. */
const concatenation = Array.from({ length: doublings }).reduce<string>(
  (query, _, level) => `SELECT t || t AS t FROM (${query}) AS d${level}`,
  'SELECT TOP 1 res_description AS t FROM rr.resource ORDER BY ivoid',
)

export const hostileQueries: readonly HostileQuery[] = [
  {
    name: 'cross join of the largest table',
    adql: "SELECT COUNT(*) FROM rr.table_column AS a, rr.table_column AS b WHERE a.name || b.name LIKE '%x%y%z%'",
  },
  { name: 'text of two gigabytes', adql: concatenation },
  {
    name: 'ten thousand parentheses',
    adql: `SELECT ivoid FROM rr.resource WHERE ${'('.repeat(10_000)}1 = 1${')'.repeat(10_000)}`,
  },
  {
    name: 'a megabyte of OR',
    adql: `SELECT ivoid FROM rr.resource WHERE ${Array.from({ length: 40_000 }, (_, index) => `res_title = 'a${index}'`).join(' OR ')}`,
  },
]

/** Asks the query again and again for so many seconds, at least once; a client looks up one IVOID after the other beside it. */
export async function measureHostile(
  query: HostileQuery,
  { baseUrl, client, lookUp }: { baseUrl: string; client: TapClient; lookUp: (repetition: number) => string },
  seconds: number,
): Promise<HostileFigures> {
  let isRunning = true
  const attack = (async () => {
    const end = performance.now() + seconds * 1000
    const answers: Answer[] = []
    do answers.push(await answerOf(baseUrl, query.adql))
    while (performance.now() < end)
    return answers
  })().finally(() => {
    isRunning = false
  })
  attack.catch(() => undefined)
  const times: number[] = []
  for (let repetition = 0; isRunning; repetition++) {
    const started = performance.now()
    await client.time(lookUp(repetition))
    times.push(performance.now() - started)
  }
  const answers = await attack
  const last = answers.at(-1)
  return {
    name: query.name,
    times: answers.length,
    seconds: Math.max(...answers.map((answer) => answer.seconds)),
    statusCode: last?.statusCode ?? 0,
    message: last?.message ?? '',
    lookUps: distribution(times),
  }
}

interface Answer {
  readonly seconds: number
  readonly statusCode: number
  readonly message: string
}

async function answerOf(baseUrl: string, adql: string): Promise<Answer> {
  const started = performance.now()
  const { body, statusCode } = await postQuery(baseUrl, adql)
  const text = await body.text()
  const status = /<INFO name="QUERY_STATUS" value="(\w+)">([^<]*)/.exec(text)
  return {
    seconds: (performance.now() - started) / 1000,
    statusCode,
    message: `${status?.[1] ?? ''} ${status?.[2] ?? ''}`.trim().replaceAll(/\s+/g, ' ').slice(0, 100),
  }
}
