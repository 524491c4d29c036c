// A move file and the resources folder → what the move would change there; and the change itself.

import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { counted } from '../core/counted.js'
import { RegistryError } from '../core/errors.js'
import { throwIfErrors } from '../voresource/finding.js'
import { loadResources } from '../voresource/load.js'
import { readSourceFile } from '../voresource/source-file.js'
import { type AddressEdit, editAddresses } from './moves-edit.js'
import { type MoveFile, movesFolder, readMoves } from './moves-file.js'

/** A file that the move changes. */
export interface FilePlan {
  /** Path below the resources folder, with slashes. */
  readonly file: string
  /** IVOIDs of the records made of it; empty for defaults and included parts. */
  readonly ivoids: readonly string[]
  readonly edits: readonly AddressEdit[]
  readonly before: string
  readonly after: string
}

export interface MovePlan {
  readonly move: MoveFile
  readonly files: readonly FilePlan[]
  /** Addresses of the move that no descriptor has: moved already, or never published here. */
  readonly unmatched: readonly string[]
}

/** Reads a move file. Throws kind `not-found` when there is none, a DescriptorError for what is wrong in it. */
export async function readMoveFile(path: string): Promise<MoveFile> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new RegistryError('not-found', `There is no move file at ${path}.`, { cause })
  })
  const { moves, findings } = readMoves([readSourceFile(basename(path), text)])
  throwIfErrors(findings)
  const [move] = moves
  if (move === undefined) throw new RegistryError('invalid', `${path} describes no move.`)
  return move
}

/** What the move would change below the resources folder. Nothing is written. */
export async function planMove(resources: string, move: MoveFile): Promise<MovePlan> {
  const { descriptors } = await loadResources(resources)
  const top = await realpath(resources)
  const ivoids = new Map<string, string[]>()
  for (const one of descriptors) ivoids.set(one.file, [...(ivoids.get(one.file) ?? []), one.ivoid])
  const files: FilePlan[] = []
  for (const file of await editableFiles(top)) {
    const before = await readFile(join(top, file), 'utf8')
    const { text: after, edits } = editAddresses(before, move)
    if (edits.length > 0) files.push({ file, ivoids: ivoids.get(file) ?? [], edits, before, after })
  }
  const found = new Set(files.flatMap((plan) => plan.edits.map((edit) => edit.to)))
  const unmatched = move.addresses
    .filter((one) => one.present !== undefined && (one.kind ?? 'service') === 'service')
    .filter((one) => ![...found].some((url) => url.startsWith(one.present ?? '')))
    .map((one) => one.former[0] ?? '')
  return { move, files, unmatched }
}

/**
 * Writes what was planned, each file whole or not at all, and keeps the move file beside the descriptors.
 * Throws kind `unavailable` when a file has changed since the plan; nothing has been written then.
 */
export async function applyMove(resources: string, plan: MovePlan, moveFile: string): Promise<void> {
  const top = await realpath(resources)
  for (const { file, before, after } of plan.files) {
    if ((await readFile(join(top, file), 'utf8')) !== before)
      throw new RegistryError('unavailable', `${file} has changed since the plan was made; plan again.`)
    const { findings } = readSourceFile(file, after)
    if (findings.length > 0)
      throw new RegistryError(
        'internal',
        `${file} could not be edited: the result is no YAML. Nothing has been written.`,
      )
  }
  for (const { file, after } of plan.files) await replaceFile(join(top, file), after)
  const kept = join(top, movesFolder, `${plan.move.move}.yaml`)
  const given = await realpath(moveFile)
  if (dirname(given) !== join(top, movesFolder)) await keepMoveFile(given, kept)
}

async function keepMoveFile(given: string, kept: string): Promise<void> {
  await mkdir(dirname(kept), { recursive: true })
  await replaceFile(kept, await readFile(given, 'utf8'))
}

/** Descriptors, defaults and included parts; everything but the moves themselves. */
async function editableFiles(top: string): Promise<readonly string[]> {
  const entries = await readdir(top, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && /\.(ya?ml|json)$/.test(entry.name) && !entry.name.startsWith('.'))
    .map((entry) => relative(top, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((file) => !file.startsWith(`${movesFolder}/`))
    .sort()
}

async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID()}.draft`
  const mode = await stat(path).then(
    (found) => found.mode,
    () => undefined,
  )
  try {
    await writeFile(draft, text, mode === undefined ? {} : { mode })
    await rename(draft, path)
  } finally {
    await rm(draft, { force: true })
  }
}

/** The plan for people: one block for each file, a line for each change. */
export function planText(plan: MovePlan): string {
  const lines: string[] = []
  for (const { file, ivoids, edits } of plan.files) {
    lines.push(`${file}${ivoids.length === 0 ? '' : `  (${ivoids.join(', ')})`}`)
    for (const edit of edits) {
      lines.push(`  line ${edit.line}: ${edit.key}`, `    - ${edit.from}`, `    + ${edit.to}`)
      if (edit.former.length > 0) lines.push(`    + formerAccessUrls: ${edit.former.join(', ')}`)
    }
  }
  for (const former of plan.unmatched) lines.push(`not here: ${former}`)
  const records = new Set(plan.files.flatMap((one) => one.ivoids)).size
  lines.push(
    `${plan.move.move}: ${counted(plan.files.length, 'file')}, ${counted(records, 'record')}; identifiers stay.`,
  )
  return `${lines.join('\n')}\n`
}
