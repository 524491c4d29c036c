// Move files (resources/moves/*.yaml) → moves, checked against their shape with file and line.
import type { Dirent } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ResourceCache } from '../voresource/cache.js'
import { type Finding, sortFindings } from '../voresource/finding.js'
import { LocatedValue } from '../voresource/merge.js'
import { ivoidPattern } from '../voresource/names.js'
import { SchemaChecker } from '../voresource/schema-check.js'
import { type Infer, list, map, object, oneOf, text } from '../voresource/shape.js'
import { readSourceFile, type SourceFile } from '../voresource/source-file.js'
import { legacyModes } from './legacy-settings.js'
import { addressKey, parseAddress } from './moves-address.js'
import { moveKinds } from './moves-lookup.js'

// Looser than for addresses in use: old ones hold whatever people once wrote.
const addressPattern = '^https?://[^\\s/?#]+[^\\s]*$'

const dayShape = (description: string) => text(description, { pattern: '^\\d{4}-\\d\\d-\\d\\d$' })

const changeShape = object(
  'A name or value that changed with the move.',
  { what: oneOf('What it is.', ['table', 'column', 'parameter', 'format', 'limit', 'other']) },
  {
    former: text('Former name or value.'),
    present: text('Name or value since the move; left out when there is none.'),
    note: text('What it means in practice.'),
  },
)

const addressShape = object(
  'An address that moved.',
  {
    former: list(
      'The former address in all its spellings; case and http or https make no difference.',
      text('An address.', { pattern: addressPattern }),
      {
        minItems: 1,
      },
    ),
  },
  {
    present: text('The address since the move; left out when no replacement is known.', { pattern: addressPattern }),
    kind: oneOf(
      'service (default): what follows the former address can be appended to the present one. page: for people, as a whole only. successor: another protocol. mistake: never was an address.',
      moveKinds,
    ),
    ivoid: text('IVOID of the resource.', { pattern: ivoidPattern }),
    closed: dayShape('First day on which it did not answer any more, where it differs from that of the move.'),
    note: text('What a user of the former address should know.'),
    renamedTables: map('Tables with other names since the move: old name to new name.', text('New name.')),
  },
)

const forwardingShape = object(
  'What happens to requests that still arrive at the former host, when Waymark answers for it. redirect: 308. proxy: passed on. error: a VOTable error with the present address.',
  {},
  {
    sync: oneOf('Synchronous queries.', legacyModes),
    async: oneOf('Asynchronous jobs.', legacyModes),
    other: oneOf('Everything else.', legacyModes),
  },
)

/** The form of a move file; `schemas/move.schema.json` is made from it. */
export const moveFileShape = object(
  'A move of one or more services.',
  {
    move: text('Name of the move in addresses; never changes.', {
      pattern: '^(?!(?:sync|async|other)$)[a-z0-9][a-z0-9-]*$',
    }),
    title: text('What moves, in a few words.'),
    addresses: list('The addresses.', addressShape, { minItems: 1 }),
  },
  {
    announced: dayShape('Day of the announcement.'),
    bothServeFrom: dayShape('First day on which both addresses answer.'),
    closed: dayShape('First day on which the former addresses do not answer any more.'),
    reason: text('Why, and what to expect of the former addresses.'),
    forwarding: forwardingShape,
    changes: list('What else changes for all services of the move.', changeShape),
  },
  { title: 'Move of services' },
)

export type MoveFile = Infer<typeof moveFileShape>
export type MoveFileAddress = MoveFile['addresses'][number]

export interface LoadedMoves {
  /** In the order of their files. */
  readonly moves: readonly MoveFile[]
  readonly findings: readonly Finding[]
}

/** Name of the folder inside the resources folder. */
export const movesFolder = 'moves'

/** Reads all move files of a resources folder; a folder without any is fine. What is wrong stands in `findings`. */
export async function loadMoves(resources: string, cache?: ResourceCache): Promise<LoadedMoves> {
  const folder = join(resources, movesFolder)
  const entries: readonly Dirent[] = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const names = entries.filter((entry) => entry.isFile() && /\.(ya?ml|json)$/.test(entry.name)).map(({ name }) => name)
  const sources = await Promise.all(
    names
      .sort()
      .map(async (name) => readSourceFile(`${movesFolder}/${name}`, await readFile(join(folder, name), 'utf8'))),
  )
  return readMoves(sources, cache)
}

/** Checks move files that have been read: their form, names that are taken twice, addresses with two targets. */
export function readMoves(sources: readonly SourceFile[], cache?: ResourceCache): LoadedMoves {
  const checker = new SchemaChecker(cache)
  const findings: Finding[] = []
  const moves: MoveFile[] = []
  const taken = new Taken()
  for (const source of sources) {
    findings.push(...source.findings)
    if (source.findings.length > 0) continue
    const located = new LocatedValue(source.value, new Map([['', { source, path: [] }]]))
    const wrong = checker.check(moveFileShape, located)
    findings.push(...wrong)
    if (wrong.length > 0) continue
    // The shape has accepted the value: this is where text from a file becomes a move.
    const move = located.value as MoveFile
    findings.push(...taken.check(move, located))
    moves.push(move)
  }
  return { moves, findings: sortFindings(findings) }
}

/** Remembers names and former addresses, so that one file cannot silently overrule another. */
class Taken {
  readonly #names = new Set<string>()
  readonly #targets = new Map<string, string | undefined>()

  check(move: MoveFile, located: LocatedValue): readonly Finding[] {
    const findings: Finding[] = []
    const add = (pointer: string, message: string, hint: string): void => {
      findings.push({ ...located.locate(pointer), rule: 'move', severity: 'error', message, hint, pointer })
    }
    if (this.#names.has(move.move)) add('/move', `the move "${move.move}" is described twice`, 'give each its own name')
    this.#names.add(move.move)
    for (const [index, address] of move.addresses.entries()) {
      for (const [spelling, former] of address.former.entries()) {
        const pointer = `/addresses/${index}/former/${spelling}`
        const parsed = parseAddress(former)
        if (parsed === undefined) {
          add(pointer, `"${former}" is no web address`, 'expected http://host/path')
          continue
        }
        const key = addressKey(parsed)
        if (this.#targets.has(key) && this.#targets.get(key) !== address.present)
          add(
            pointer,
            `${former} has gone to ${this.#targets.get(key) ?? 'nowhere'} already`,
            'an address goes to one place; describe a second move from there',
          )
        this.#targets.set(key, address.present)
        const target = address.present === undefined ? undefined : parseAddress(address.present)
        if (target !== undefined && addressKey(target) === key)
          add(pointer, `${former} moves to itself`, 'http and https and case make no difference')
      }
    }
    return findings
  }
}
