// waymark init: a few questions → a first set of descriptors.
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import type { Config } from '../config.js'
import { RegistryError } from '../core/errors.js'
import { projectPath } from '../core/project-files.js'
import { writeFiles } from '../import/write-imported.js'
import { httpPattern } from '../voresource/names.js'
import { type StarterFacts, starterFiles } from '../voresource/starter.js'
import type { Command, CommandContext } from './command.js'
import { Questions } from './questions.js'

const authorityPattern = /^[A-Za-z0-9][A-Za-z0-9_\-.!~*'()+=]{2,}$/
const emailPattern = /^[^\s@]+@[^\s@]+\.[^\s@]+$/

export const initCommand: Command = {
  name: 'init',
  summary: 'write a first set of descriptors',
  help: `Asks a few questions and leaves a folder of descriptors that validates and publishes: site defaults, naming authority,
organisation, registry, its search service, and a TAP service with one catalog as an example. Overwrites nothing.

  waymark init my-resources
  waymark init my-resources --yes --authority archive.example.edu --publisher 'Example Archive'

With --yes nothing is asked: what no option gives is made of the authority.`,
  argumentsSpec: '[folder]',
  options: [
    { flags: '--yes', description: 'ask nothing' },
    { flags: '--authority <name>', description: 'naming authority, a domain of yours: archive.example.edu' },
    { flags: '--publisher <name>', description: 'organisation that publishes' },
    { flags: '--homepage <url>', description: 'its page for people' },
    { flags: '--email <address>', description: 'where users can ask' },
    { flags: '--title <name>', description: 'name of the registry' },
  ],
  async run(config, { positional, options }, context) {
    const folder = positional[0] ?? config.resources
    await refuseDescriptors(folder)
    const given = (name: string) => (typeof options[name] === 'string' ? options[name] : undefined)
    const facts = await askFacts(given, options.yes === true, folder, context)
    const schema = relative(folder, projectPath('schemas/descriptor.schema.json')).split(sep).join('/')
    const files = starterFiles(facts, schema)
    await writeFiles(new Map([...files].map(([path, text]) => [join(folder, path), text])), false)
    context.write(nextSteps(folder, [...files.keys()], config))
    return 0
  },
}

/** Whatever is there was written by somebody. */
async function refuseDescriptors(folder: string): Promise<void> {
  if (!existsSync(folder)) return
  const present = (await readdir(folder, { recursive: true })).find((name) => /\.(ya?ml|json)$/.test(name))
  if (present !== undefined)
    throw new RegistryError(
      'usage',
      `${folder} holds descriptors already (${present}); nothing is overwritten. Name another folder: waymark init my-resources`,
    )
}

async function askFacts(
  given: (name: string) => string | undefined,
  isSilent: boolean,
  folder: string,
  context: CommandContext,
): Promise<StarterFacts> {
  await using questions = new Questions(context, isSilent)
  questions.say(`A first set of descriptors for ${folder}. Enter takes what stands in brackets.\n`)
  const authority = await questions.ask({
    option: '--authority',
    given: given('authority'),
    question: 'Naming authority',
    explanation: 'A domain of yours, as archive.example.edu. Every identifier begins with it, and it can never change.',
    pattern: authorityPattern,
    expected: 'at least three letters, digits or - _ . without slashes, as archive.example.edu',
  })
  const publisher = await questions.ask({
    option: '--publisher',
    given: given('publisher'),
    question: 'Organisation that publishes',
    explanation: 'As people know it: the name of the observatory, archive or institute.',
    fallback: authority,
    pattern: /\S/,
    expected: 'a name',
  })
  const homepage = await questions.ask({
    option: '--homepage',
    given: given('homepage'),
    question: 'Its page for people',
    fallback: `https://${authority}/`,
    pattern: new RegExp(httpPattern),
    expected: 'an address that begins with http:// or https://',
  })
  const email = await questions.ask({
    option: '--email',
    given: given('email'),
    question: 'Email for questions of users',
    explanation: 'One that will still be read in years: a help desk rather than a person.',
    fallback: `help@${authority}`,
    pattern: emailPattern,
    expected: 'an email address',
  })
  const title = await questions.ask({
    option: '--title',
    given: given('title'),
    question: 'Name of the registry',
    fallback: `${publisher} registry`,
    pattern: /\S/,
    expected: 'a name',
  })
  questions.say('\n')
  return { authority, publisher, homepage, email, title }
}

function nextSteps(folder: string, files: readonly string[], config: Config): string {
  const at = `--resources ${/\s/.test(folder) ? `'${folder}'` : folder}`
  const isLocal = /^http:\/\/(localhost|127\.)/.test(config.baseUrl)
  const base = isLocal ? '' : ` --base-url ${config.baseUrl}`
  return `Written to ${folder}:
${files.map((file) => `  ${file}\n`).join('')}
Next:
  waymark validate ${at}${' '.repeat(Math.max(base.length, 1))} # checks them
  waymark serve ${at}${base}    # publishes and serves them
${isLocal ? '\nA public registry needs its public address: --base-url https://vo.example.org/registry\n' : ''}
tap.yaml and catalogs/bright-stars.yaml are examples: put your own services and catalogs in their place.
`
}
