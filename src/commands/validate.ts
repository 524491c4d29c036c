// waymark validate: what is wrong with the descriptors, and what could be better.
import { errorSurfaces } from '../core/errors.js'
import { hasErrors } from '../voresource/finding.js'
import { checkResources } from '../wire.js'
import type { Command } from './command.js'
import { countFindings, findingLines } from './findings.js'

export const validateCommand: Command = {
  name: 'validate',
  summary: 'check the descriptors without publishing them',
  help: `Checks form, standards' rules and good practice. Each finding is one line:
file:line:column: severity rule: what was found and what was expected (what to do)

  waymark validate --resources my-resources
  waymark validate --format json

Exit code 4 when something must not be published.`,
  options: [{ flags: '--format <name>', description: 'text or json', defaultValue: 'text' }],
  async run(config, { options }, context) {
    const { descriptors, findings } = await checkResources(config)
    if (options.format === 'json') {
      context.write(`${JSON.stringify(findings, null, 2)}\n`)
    } else {
      context.write(findingLines(findings, config.resources, ['error', 'warning', 'advice']))
      context.write(`${descriptors.length} descriptors in ${config.resources}: ${countFindings(findings)}\n`)
    }
    return hasErrors(findings) ? errorSurfaces.invalid.exitCode : 0
  },
}
