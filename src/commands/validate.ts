// waymark validate: what is wrong with the descriptors, and what could be better.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config.js'
import { counted } from '../core/counted.js'
import { errorSurfaces, RegistryError } from '../core/errors.js'
import { clientChoices, type ResourceChoices } from '../regtap/client-choices.js'
import { clientView } from '../regtap/client-view.js'
import { declaredSchemas } from '../tables/declared.js'
import { readProfile } from '../voresource/context.js'
import { checkDocuments } from '../voresource/document-check.js'
import { type Finding, hasErrors, sortFindings } from '../voresource/finding.js'
import { fileViolations, recordViolations } from '../voresource/record-schemas.js'
import { buildContext, buildResources, checkResources, vocabulariesOf } from '../wire.js'
import type { SchemaSet } from '../xml/schema-validation.js'
import { choiceLines } from './choice-lines.js'
import type { Command } from './command.js'
import { findingFormats, fromWorkingDirectory } from './finding-formats.js'
import { countFindings } from './findings.js'
import { type FolderTarget, isWanted, validateTargets } from './validate-targets.js'

export const validateCommand: Command = {
  name: 'validate',
  summary: 'check descriptors and records without publishing them',
  help: `Checks the form of descriptors, the standards' rules that no schema knows, and good practice; with --schemas
also the records that are built from them, by the official XML schemas. Each finding is one line:
file:line:column: severity rule: what was found and what was expected (what to do)

  waymark validate                                the resources folder
  waymark validate resources/mast/gaiadr3.yaml    one descriptor, with the defaults it inherits
  waymark validate --schemas ../schemas           the built records too, by all.xsd in that folder
  waymark validate records/ --schemas ../schemas  records as XML, and OAI-PMH answers with records in them
  waymark validate --simulate                     and what pyvo and TOPCAT would pick from each record
  waymark validate --format github                marks the lines of a pull request
  waymark validate --format sarif > waymark.sarif for code scanners and editors

Errors must not be published; warnings break a rule that lets publish; advice makes records easier to find.
Exit code 4 when there is an error.`,
  argumentsSpec: '[paths...]',
  options: [
    { flags: '--format <name>', description: Object.keys(findingFormats).join(', '), defaultValue: 'text' },
    { flags: '--simulate', description: 'tell what pyvo and TOPCAT would pick (formats text and json)' },
  ],
  async run(config, { positional, options }, context) {
    const name = String(options.format)
    const format = findingFormats[name]
    if (format === undefined)
      throw new RegistryError(
        'usage',
        `There is no format "${name}"; known are ${Object.keys(findingFormats).join(', ')}.`,
      )
    const { folders, documents } = await validateTargets(positional, config.resources)
    using schemas = config.schemas === '' ? undefined : await openSchemas(config)
    readProfile(config.profile)
    const findings: Finding[] = []
    const checked: string[] = []
    const choices: ResourceChoices[] = []
    for (const target of folders) {
      const { count, found, picks } = await checkFolder(target, config, schemas)
      findings.push(...found)
      choices.push(...(options.simulate === true ? picks() : []))
      checked.push(`${counted(count, 'descriptor')} in ${fromWorkingDirectory(target.folder)}`)
    }
    findings.push(...checkDocuments(documents, vocabulariesOf(config)))
    for (const document of schemas === undefined ? [] : documents)
      findings.push(...fileViolations(document, (xml) => schemas?.validate(xml) ?? []))
    if (documents.length > 0) checked.push(counted(documents.length, 'XML file'))
    const seen = sortFindings(findings.map((one) => ({ ...one, file: fromWorkingDirectory(one.file) })))
    const isWithChoices = options.simulate === true && name === 'json'
    context.write(isWithChoices ? `${JSON.stringify({ findings: seen, choices }, null, 2)}\n` : format(seen))
    if (name === 'text') {
      context.write(choiceLines(choices))
      context.write(`${checked.join(', ')}: ${countFindings(seen)}\n`)
      if (documents.length > 0 && schemas === undefined)
        context.write('XML schemas were not checked; name their folder with --schemas.\n')
    }
    return hasErrors(seen) ? errorSurfaces.invalid.exitCode : 0
  },
}

interface CheckedFolder {
  readonly count: number
  /** Files as seen from where the folder is. */
  readonly found: readonly Finding[]
  /** What clients would pick from the wanted records. */
  readonly picks: () => readonly ResourceChoices[]
}

/** What there is to say about the wanted part of a folder. */
async function checkFolder(
  target: FolderTarget,
  config: Config,
  schemas: Pick<SchemaSet, 'validate'> | undefined,
): Promise<CheckedFolder> {
  const { descriptors, findings } = await checkResources({ ...config, resources: target.folder })
  const wanted = descriptors.filter(({ file }) => isWanted(target, file))
  const found = findings.filter(({ file }) => isWanted(target, file))
  const built = () => buildResources(descriptors, config)
  if (schemas !== undefined) {
    const context = buildContext(descriptors, config)
    const records = new Map(built().map(({ ivoid, xml }) => [ivoid, xml]))
    const validate = (xml: string) => schemas.validate(xml)
    for (const loaded of wanted)
      found.push(...recordViolations(loaded, records.get(loaded.ivoid) ?? '', validate, context))
  }
  const folder = target.folder.replace(/\/+$/, '')
  return {
    count: wanted.length,
    found: found.map((one) => ({ ...one, file: `${folder}/${one.file}` })),
    picks: () => {
      const see = clientView(declaredSchemas())
      const ivoids = new Set<string>(wanted.map(({ ivoid }) => ivoid))
      // A catalog is shown under its service: the choice needs all records, not only those that were asked for.
      return clientChoices(built().map(({ ivoid, xml }) => see(ivoid, xml))).filter(({ ivoid }) => ivoids.has(ivoid))
    },
  }
}

/** Loaded only when it is wanted: the library takes a moment that every command would wait for. */
async function openSchemas({ schemas }: Config): Promise<Pick<SchemaSet, 'validate'> & Disposable> {
  const { openSchemaSet } = await import('../xml/schema-validation.js')
  const hasDrafts = existsSync(join(schemas, 'all-draft.xsd'))
  const recommended = openSchemaSet(schemas)
  let drafts: SchemaSet | undefined
  return {
    validate: (xml) => {
      // TAPRegExt 1.1 is no Recommendation yet: its schema is among the drafts.
      if (!hasDrafts || !xml.includes('tr:DALIInterface')) return recommended.validate(xml)
      drafts ??= openSchemaSet(schemas, 'all-draft')
      return drafts.validate(xml)
    },
    [Symbol.dispose]: () => {
      recommended[Symbol.dispose]()
      drafts?.[Symbol.dispose]()
    },
  }
}
