// waymark check: examines every published and former address, keeps the results, tells what is wrong.
import { counted } from '../core/counted.js'
import { errorSurfaces, RegistryError } from '../core/errors.js'
import type { ProbeResult } from '../registry/probe.js'
import { checkServices } from './check-services.js'
import type { Command } from './command.js'

export const checkCommand: Command = {
  name: 'check',
  summary: 'examine every published and former address',
  help: `Asks each address one after the other on its host: does it answer, until when is its certificate valid, does VOSI say
it is available, do its capabilities agree with the record, does a query for one row work, how long does it take.
Former addresses are examined too; that they are gone is no failure. Results are kept for /status.

  waymark check                          all addresses, as from cron
  waymark check caomtap gaiadr3          those whose identifier or address contains one of the words
  waymark check --allow-private          also addresses inside the own network

Exit code 6 when an address failed.`,
  argumentsSpec: '[words...]',
  options: [
    { flags: '--format <name>', description: 'text, or json: one object per line', defaultValue: 'text' },
    { flags: '--allow-private', description: 'reach private and local addresses too' },
    { flags: '--timeout <seconds>', description: 'longest wait for one answer', defaultValue: '20' },
  ],
  async run(config, { positional, options }, context) {
    const timeoutSeconds = secondsOf(options.timeout)
    const results: ProbeResult[] = []
    const wanted = { words: positional, allowPrivate: options.allowPrivate === true, timeoutSeconds }
    for await (const result of checkServices(config, wanted)) {
      results.push(result)
      context.write(options.format === 'json' ? `${JSON.stringify(result)}\n` : resultText(result))
    }
    const failed = results.filter(({ outcome }) => outcome === 'failed').length
    const warned = results.filter(({ outcome }) => outcome === 'warning').length
    context.writeError(
      `waymark: ${counted(results.length, 'address', 'addresses')}, ${failed} failed, ${warned} with warnings\n`,
    )
    return failed === 0 ? 0 : errorSurfaces.unavailable.exitCode
  },
}

function resultText({ outcome, accessUrl, ivoid, isFormer, latencyMs, findings }: ProbeResult): string {
  const time = latencyMs === null ? '' : ` ${latencyMs} ms`
  // That a former address is gone is no failure, but "passed" would be an odd word for it.
  if (isFormer) return `former  ${accessUrl}${time}\n${findings.map((one) => `  ${one.message}\n`).join('')}`
  const head = `${outcome.padEnd(7)} ${accessUrl} ${ivoid ?? ''}${time}\n`
  const told = findings.filter((one) => one.outcome !== 'passed')
  return head + told.map((one) => `  ${one.outcome} ${one.check}: ${one.message}\n`).join('')
}

function secondsOf(given: unknown): number {
  const seconds = Number(given)
  if (Number.isFinite(seconds) && seconds > 0 && seconds <= 600) return seconds
  throw new RegistryError('usage', `--timeout is "${String(given)}"; expected seconds, more than 0 and up to 600.`)
}
