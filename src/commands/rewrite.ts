// waymark rewrite: former addresses in programs, notebooks and data files → a patch, or the files changed.

import { relative, resolve, sep } from 'node:path'
import { counted } from '../core/counted.js'
import { errorSurfaces } from '../core/errors.js'
import { indexMoves } from '../registry/moves-lookup.js'
import { applyFindings, type FileFindings, findInFiles, type PlacedAddress } from '../registry/rewrite.js'
import { unifiedPatch } from '../registry/rewrite-patch.js'
import type { Command, CommandContext } from './command.js'
import { type LocalMoves, readLocalMoves } from './local-moves.js'

export const rewriteCommand: Command = {
  name: 'rewrite',
  summary: 'find former addresses in files and put the present ones there',
  help: `Prints a patch of what should change; nothing is written without --apply. Looks into every text file, and in
notebooks into the sources of cells only. Identifiers (ivo://…) stay. A line with "waymark: keep" stays.

  waymark rewrite src notebooks              show the patch
  waymark rewrite . | git apply              apply it with git
  waymark rewrite --apply .                  change the files
  waymark rewrite --format json . > old.json

Exit code 0 when no former address is left, 4 when there is one.`,
  argumentsSpec: '<paths...>',
  options: [
    { flags: '--apply', description: 'write the files' },
    { flags: '--pages', description: 'also replace addresses of pages for people' },
    { flags: '--exclude <names...>', description: 'names or paths of files and folders to leave out' },
    { flags: '--format <name>', description: 'patch, or json: one object per line and address', defaultValue: 'patch' },
  ],
  async run(config, { positional, options }, context) {
    const moves = await readLocalMoves(config)
    const apply = options.apply === true
    const tally = new Tally()
    const skipped = ({ path, reason }: { path: string; reason: string }): void =>
      context.writeError(`${shown(path)}: left out: it ${reason}\n`)
    const known = { addresses: moves.addresses, index: indexMoves(moves) }
    const excluded = exclusion(namesOf(options.exclude), config.resources)
    for (const file of findInFiles(positional, known, { pages: options.pages === true, excluded, skipped })) {
      const isWritten = apply && file.after !== file.before && applyFindings(file, skipped)
      tally.add(file, isWritten)
      if (options.format === 'json') context.write(jsonLines(file))
      else if (!apply) context.write(utf8(unifiedPatch(shown(file.path), file.before, file.after)))
      writeNotes(file, context)
    }
    context.writeError(suggestions(tally.services, moves, config.baseUrl))
    context.writeError(tally.sentence(apply))
    return tally.left === 0 ? 0 : errorSurfaces.invalid.exitCode
  },
}

/** What was found in all files together. */
class Tally {
  #files = 0
  #replaced = 0
  #found = 0
  /** Former addresses that stay where they are. What was guessed wrong is advice and does not count. */
  left = 0
  /** IVOID → present address. */
  readonly services = new Map<string, string>()

  add({ found }: FileFindings, isWritten: boolean): void {
    const counted = found.filter((one) => one.kind !== 'mistake')
    const replaced = counted.filter((one) => one.isReplaced).length
    if (counted.length > 0) this.#files++
    this.#found += counted.length
    this.#replaced += replaced
    this.left += isWritten ? counted.length - replaced : counted.length
    for (const { kind, answer } of found)
      if (kind === 'moved' && answer.ivoid !== null && answer.accessUrl !== null)
        this.services.set(answer.ivoid, answer.accessUrl)
  }

  sentence(apply: boolean): string {
    if (this.#found === 0) return 'waymark: no former addresses\n'
    const done = apply ? `${this.#found - this.left} replaced` : `${this.#replaced} can be replaced (--apply)`
    return `waymark: ${counted(this.#found, 'former address', 'former addresses')} in ${counted(this.#files, 'file', 'files')}, ${done}\n`
  }
}

/** A line for each address that only a person can replace. */
function writeNotes({ path, found }: FileFindings, context: CommandContext): void {
  for (const one of found)
    if (!one.isReplaced)
      context.writeError(`${shown(path)}:${one.line}:${one.column}: ${one.written}: ${noteOn(one)}\n`)
}

function noteOn({ kind, answer, replacement }: PlacedAddress): string {
  const note = answer.steps.findLast((step) => step.note !== null)?.note
  const tail = note === undefined || note === null ? '' : ` (${note})`
  switch (kind) {
    case 'page':
      return `a page, now at ${replacement ?? answer.newUrl ?? ''}; --pages replaces it${tail}`
    case 'successor':
      return `its successor ${answer.newUrl ?? ''} speaks another protocol${tail}`
    case 'mistake':
      return `never was the address of a service${answer.newUrl === null ? '' : `; ${answer.newUrl} is probably meant`}${tail}`
    default:
      return `no replacement is known${tail}`
  }
}

/** Better than a new fixed address: a line of Python for each service found. */
function suggestions(services: ReadonlyMap<string, string>, moves: LocalMoves, baseUrl: string): string {
  if (services.size === 0) return ''
  const lines = [...services].map(([ivoid, accessUrl]) => {
    const isTap = /^ivo:\/\/ivoa\.net\/std\/tap\b/.test(moves.standards.get(accessUrl) ?? '')
    return `  pyvo.registry.search(ivoid='${ivoid}')[0]${isTap ? ".get_service('tap')" : ''}\n`
  })
  const isPublic = new URL(baseUrl).hostname !== 'localhost'
  const registry = isPublic ? ` with IVOA_REGISTRY=${baseUrl}/tap` : ''
  return `Instead of fixed addresses these lines ask the registry, and the next move changes nothing${registry}:\n${lines.sort().join('')}`
}

function jsonLines({ path, found }: FileFindings): string {
  return found
    .map(({ line, column, written, kind, replacement, isReplaced, answer }) => ({
      file: shown(path),
      line,
      column,
      url: utf8(written),
      kind,
      newUrl: replacement === undefined ? answer.newUrl : utf8(replacement),
      ivoid: answer.ivoid,
      isReplaced,
    }))
    .map((one) => `${JSON.stringify(one)}\n`)
    .join('')
}

/** Files were read a byte to a character. */
function utf8(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8')
}

function shown(path: string): string {
  return relative('.', path).split(sep).join('/')
}

function namesOf(given: unknown): readonly string[] {
  return Array.isArray(given) ? given.filter((one): one is string => typeof one === 'string') : []
}

/** Descriptors have `moves apply`, which knows that former addresses belong there. */
function exclusion(given: readonly string[], resources: string): (path: string, name: string) => boolean {
  const names = new Set(given.filter((one) => !one.includes('/')))
  const paths = new Set(given.filter((one) => one.includes('/')).map((one) => resolve(one)))
  const descriptors = resolve(resources)
  return (path, name) => {
    if (names.has(name)) return true
    const absolute = resolve(path)
    return absolute === descriptors || absolute.startsWith(descriptors + sep) || paths.has(absolute)
  }
}
