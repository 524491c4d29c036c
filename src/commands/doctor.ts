// waymark doctor: is the registry fit to be registered? Asked from outside, at its public address.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config.js'
import { systemClock } from '../core/clock.js'
import { counted } from '../core/counted.js'
import { errorSurfaces } from '../core/errors.js'
import type { ClientOptions } from '../oai/client-request.js'
import { type DoctorFinding, examineRegistry } from '../registry/doctor.js'
import { doctorResultFile, keepDoctorResult } from '../registry/doctor-result.js'
import { type Directory, directoryFile, readDirectory } from '../registry/harvest-directory.js'
import { harvestFetch } from '../registry/harvest-fetch.js'
import { isPublicAddress } from '../tap/addresses.js'
import type { Command } from './command.js'
import { version } from './version.js'

const marks = { passed: 'ok     ', warning: 'warning', failed: 'FAILED ' } as const

export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'check a running registry as the Registry of Registries will',
  help: `Asks the registry at its public address, proxies included, and goes through what the Registry of Registries checks
before it lists a registry: the address, 29 requests, the rules for records, and with --schemas the XML schemas. Of the Registry of
Registries it asks whether another registry manages one of the authorities.

  waymark doctor                                         the address of --base-url
  waymark doctor https://vo.example.org/registry/oai     any OAI-PMH address
  waymark doctor --all --schemas ../schemas              passed checks too
  waymark serve --doctor-schedule '11 5 * * 0'           every Sunday, while serving

The last result for the own address is kept for /status.

Exit code 4 when a check fails; warnings do not count.`,
  argumentsSpec: '[oai-url]',
  options: [{ flags: '--all', description: 'show checks that passed too' }],
  async run(config, { positional, options }, context) {
    const oaiUrl = positional[0] ?? `${config.baseUrl}/oai`
    // Loaded only when it is wanted: the library takes a moment that every command would wait for.
    const { openSchemaSet } = await import('../xml/schema-validation.js')
    using schemas = config.schemas === '' ? undefined : openSchemaSet(config.schemas)
    const client = { fetch, userAgent: `Waymark/${version} doctor`, retries: 0, timeoutSeconds: 60 }
    const counts = { passed: 0, warning: 0, failed: 0 }
    const findings = examineRegistry({
      oaiUrl,
      clock: systemClock,
      client,
      ...(config.registryOfRegistries === '' ? {} : { listRegistries: () => listOthers(config, client) }),
      ...(schemas === undefined ? {} : { validate: (xml: string) => schemas.validate(xml) }),
    })
    const found: DoctorFinding[] = []
    for await (const finding of findings) {
      const { check, outcome, message } = finding
      counts[outcome] += 1
      if (outcome !== 'passed') found.push(finding)
      if (options.all === true || outcome !== 'passed') context.write(`${marks[outcome]} ${check}: ${message}\n`)
    }
    context.write(
      `${oaiUrl}: ${counts.passed} passed, ${counted(counts.warning, 'warning')}, ${counts.failed} failed\n`,
    )
    if (schemas === undefined) context.write('XML schemas were not checked; name their folder with --schemas.\n')
    if (positional.length === 0 && existsSync(config.state)) {
      const time = systemClock().toISOString()
      await keepDoctorResult(join(config.state, doctorResultFile), {
        time,
        oaiUrl,
        passed: counts.passed,
        findings: found,
      })
    }
    return counts.failed > 0 ? errorSurfaces.invalid.exitCode : 0
  },
}

/** The list as the Registry of Registries has it now; kept where there is a state folder, because publishing asks it. */
function listOthers(config: Config, client: ClientOptions): Promise<Directory> {
  return readDirectory({
    baseUrl: config.registryOfRegistries,
    client: { ...client, fetch: harvestFetch(client.fetch, isPublicAddress) },
    clock: systemClock,
    ...(existsSync(config.state) ? { path: join(config.state, directoryFile) } : {}),
  })
}
