// The resources folder → its files, those that are descriptors, and those that only hold defaults.

import { readFileSync, realpathSync } from 'node:fs'
import { readdir, readFile, realpath } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import { RegistryError } from '../core/errors.js'
import type { ResourceCache } from './cache.js'
import type { FileOpener } from './include.js'
import { PositionFinder, type ReadingAids, readSourceFile, type SourceFile } from './source-file.js'

/** The files of a resources folder, read and parsed. */
export interface ResourcesFolder {
  /** Descriptors, in the order of their paths. */
  readonly descriptors: readonly SourceFile[]
  /** Folder (empty for the top) → its site.yaml or defaults.yaml. */
  readonly defaults: ReadonlyMap<string, readonly SourceFile[]>
  /** Opens a file for `include`; each is read once. */
  readonly open: FileOpener
}

const readable = /\.(ya?ml|json)$/
const defaultsName = /^(site|defaults)\.(ya?ml|json)$/

/** Reads all descriptors below a folder. Throws kind `usage` when there is no such folder. */
export async function readFolder(folder: string, cache?: ResourceCache): Promise<ResourcesFolder> {
  const top = await realpath(folder).catch((cause: unknown) => {
    throw new RegistryError('usage', `The resources folder ${folder} does not exist; name it with --resources.`, {
      cause,
    })
  })
  const entries = await readdir(top, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => (entry.isFile() || entry.isSymbolicLink()) && readable.test(entry.name))
    .map((entry) => relative(top, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter(isSearched)
    .sort()
  const aids: ReadingAids = { positions: new PositionFinder(), ...(cache === undefined ? {} : { cache }) }
  const sources = await Promise.all(
    files.map(async (file) => readSourceFile(file, await readFile(join(top, file), 'utf8'), aids)),
  )
  const defaults = new Map<string, SourceFile[]>()
  const descriptors: SourceFile[] = []
  for (const source of sources) {
    const [name = '', parent = ''] = splitPath(source.file)
    if (!defaultsName.test(name) || (name.startsWith('site.') && parent !== '')) descriptors.push(source)
    // site.yaml sorts after defaults.yaml but is the wider one.
    else
      defaults.set(
        parent,
        name.startsWith('site.')
          ? [source, ...(defaults.get(parent) ?? [])]
          : [...(defaults.get(parent) ?? []), source],
      )
  }
  return { descriptors, defaults, open: includeOpener(top, aids) }
}

/** Folders called `tables` and `moves` and names beginning with `_` or `.` hold parts for `include`. */
function isSearched(file: string): boolean {
  const steps = file.split('/')
  return !steps.some(
    (step, index) => /^[_.]/.test(step) || ((step === 'tables' || step === 'moves') && index < steps.length - 1),
  )
}

function splitPath(file: string): readonly [string, string] {
  const slash = file.lastIndexOf('/')
  return [file.slice(slash + 1), slash < 0 ? '' : file.slice(0, slash)]
}

function includeOpener(top: string, aids: ReadingAids): FileOpener {
  const opened = new Map<string, SourceFile | string>()
  return (file) => {
    const known = opened.get(file)
    if (known !== undefined) return known
    const result = openInside(top, file, aids)
    opened.set(file, result)
    return result
  }
}

function openInside(top: string, file: string, aids: ReadingAids): SourceFile | string {
  if (!readable.test(file)) return 'expected a .yaml, .yml or .json file'
  try {
    // A symbolic link must not lead out of the folder either.
    const path = realpathSync(resolve(top, file))
    if (!path.startsWith(top + sep)) return 'it lies outside the resources folder'
    return readSourceFile(file, readFileSync(path, 'utf8'), aids)
  } catch {
    return 'there is no such file'
  }
}
