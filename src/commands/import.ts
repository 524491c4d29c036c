// waymark import: a descriptor made of a record, a running service or a table.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config.js'
import { counted } from '../core/counted.js'
import { RegistryError } from '../core/errors.js'
import { type Ivoid, isIvoid } from '../core/ivoid.js'
import { importRecords, recordFromRegistry } from '../import/import-records.js'
import { importService, importVosi } from '../import/import-service.js'
import { importTable, isTable } from '../import/import-table.js'
import type { Imported } from '../import/imported.js'
import { openAddress, openFile, openPieces, type Source } from '../import/source.js'
import { render, targetPath, type Written, writeFiles } from '../import/write-imported.js'
import { harvestFetch } from '../registry/harvest-fetch.js'
import { isPublicAddress } from '../tap/addresses.js'
import { hasErrors } from '../voresource/finding.js'
import { SchemaChecker } from '../voresource/schema-check.js'
import { openRegistry } from '../wire.js'
import type { Command, CommandContext } from './command.js'
import { countFindings } from './findings.js'
import { progressLine } from './progress.js'
import { version } from './version.js'

const userAgent = `Waymark/${version} import`

export const importCommand: Command = {
  name: 'import',
  summary: 'write a descriptor from a record, a running service or a table',
  help: `SOURCE is a file, an address, "-" for standard input, or an IVOID. Its content
tells what it is:

A VOResource record, or an OAI-PMH answer with records. Everything in it is
carried, and what cannot be is listed.
  waymark import record.xml
  curl -s https://vo.example.org/records.xml | waymark import - --out resources/

An IVOID, looked up among the records here, or in another registry by its
OAI-PMH address.
  waymark import ivo://archive.example.edu/tap
  waymark import ivo://a.example/tap --registry https://vo.example.org/oai

A running service, by its base address: VOSI capabilities and tables.
  waymark import https://archive.example.edu/tap --out resources/

A table as VOTable, FITS or CSV, gzipped or not: columns, number of rows,
coverage on the sky, in time and energy.
  waymark import bright-stars.fits --out resources/catalogs/

The descriptor goes to standard output, or with --out to a file or a folder,
where long tables get a file of their own. Where a person must decide, a comment
says what is wrong and what to do; so does "waymark validate".`,
  argumentsSpec: '<source>',
  options: [
    { flags: '--out <path>', description: 'file, or folder for one file per descriptor' },
    { flags: '--force', description: 'overwrite files that exist' },
    { flags: '--registry <url>', description: 'OAI-PMH address of the registry that is asked for an IVOID' },
  ],
  async run(config, { positional, options }, context) {
    const [named = ''] = positional
    const out = typeof options.out === 'string' ? options.out : undefined
    const registry = typeof options.registry === 'string' ? options.registry : undefined
    const all: Imported[] = []
    for await (const one of importFrom(named, registry, config, context)) all.push(one)
    if (all.length === 0) throw new RegistryError('not-found', `${named} holds nothing to import.`)
    if (all.length > 1 && out === undefined)
      throw new RegistryError(
        'usage',
        `${named} holds ${counted(all.length, 'record')}; --out names a folder for their files.`,
      )
    const checker = new SchemaChecker()
    const written = all.map((one) =>
      render(one, out === undefined ? undefined : targetPath(out, one.name, all.length > 1), checker),
    )
    if (out === undefined) for (const { files } of written) context.write([...files.values()].join(''))
    else await writeFiles(new Map(written.flatMap(({ files }) => [...files])), options.force === true)
    for (const one of written) context.writeError(reportOf(one, out !== undefined))
    return 0
  },
}

function importFrom(
  named: string,
  registry: string | undefined,
  config: Config,
  context: CommandContext,
): AsyncIterable<Imported> {
  if (isIvoid(named)) return importIvoid(named, registry, config)
  if (/^ivo:/i.test(named))
    throw new RegistryError('usage', `"${named}" is not an IVOID; expected ivo://authority/path.`)
  return importSource(named, context)
}

async function* importIvoid(ivoid: Ivoid, registry: string | undefined, config: Config): AsyncGenerator<Imported> {
  const document =
    registry === undefined
      ? await ownRecord(ivoid, config)
      : await recordFromRegistry(registry, ivoid, {
          fetch: harvestFetch(fetch, isPublicAddress),
          userAgent,
          timeoutSeconds: 60,
          retries: 1,
          maxResponseBytes: 100_000_000,
        })
  yield* importRecords(ivoid, document)
}

/** The record as it is stored here, own or harvested. */
async function ownRecord(ivoid: Ivoid, config: Config): Promise<string> {
  const elsewhere = '--registry URL asks another registry'
  if (existsSync(join(config.state, 'ledger.json')) || config.engine !== 'duckdb') {
    await using open = await openRegistry(config)
    const record = await open.registry.records.get(ivoid)
    if (record !== undefined && record.status !== 'deleted') return record.xml
  }
  throw new RegistryError('not-found', `${ivoid} is not among the records in ${config.state}; ${elsewhere}.`)
}

async function* importSource(named: string, context: CommandContext): AsyncGenerator<Imported> {
  if (isAddress(named)) {
    const service = await serviceAt(named)
    if (service !== undefined) {
      yield service
      return
    }
  }
  const source = await openSource(named, context).catch((error: unknown) => {
    if (isAddress(named) && error instanceof RegistryError && error.kind === 'not-found')
      throw new RegistryError(
        'not-found',
        `${error.message.replace(/\.$/, '')}, nor is there a service with /capabilities below it.`,
      )
    throw error
  })
  try {
    switch (source.kind) {
      case 'records':
        yield* importRecords(source.label, source.bytes)
        break
      case 'capabilities':
      case 'tables':
        yield await importVosi(source)
        break
      default: {
        if (!isTable(source)) break
        const progress = progressLine(context, 'row')
        try {
          yield await importTable(source, (rows) => progress.update(rows))
        } finally {
          progress.end()
        }
      }
    }
  } finally {
    await source.close()
  }
}

/** The service at an address, if one is there: an address with a query or the ending of a file is none. */
async function serviceAt(address: string): Promise<Imported | undefined> {
  const { pathname, search } = new URL(address)
  if (search !== '' || /\.(?:xml|vot|votable|fits?|csv|tsv|txt|gz|vor)$/i.test(pathname)) return undefined
  try {
    return await importService(address, open)
  } catch (error) {
    if (error instanceof RegistryError && (error.kind === 'not-found' || error.kind === 'invalid')) return undefined
    throw error
  }
}

function open(address: string): Promise<Source> {
  return openAddress(address, { userAgent })
}

function isAddress(named: string): boolean {
  return /^https?:\/\//i.test(named) && URL.canParse(named)
}

function openSource(named: string, context: CommandContext): Promise<Source> {
  if (named === '-') return openPieces('standard input', (context.readInputBytes ?? context.readInput)())
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(named) ? open(named) : openFile(named)
}

/** What has come out, for the person who called. */
function reportOf({ imported, findings, files }: Written, isFile: boolean): string {
  const { type, ivoid } = imported.descriptor
  const what = `${type}${typeof ivoid === 'string' ? ` ${ivoid}` : ''}`
  const lines = [
    `${what}: ${counted(imported.losses.length, 'difference')}, ${imported.conversions.length} in another form; ${countFindings(findings)}`,
    ...imported.losses.map(({ kind, path, value }) => `  ${kind} ${path}: ${value}`),
    ...(isFile ? [...files.keys()].map((path) => `wrote ${path}`) : []),
    ...(isFile && hasErrors(findings)
      ? ['The comments in it say what is still to be decided; then: waymark validate']
      : []),
  ]
  return `${lines.join('\n')}\n`
}
