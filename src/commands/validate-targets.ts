// Paths on the command line → which resources folders and XML files to check, and which findings were asked for.
import { existsSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { RegistryError } from '../core/errors.js'
import type { XmlFile } from '../voresource/document-check.js'

/** A resources folder, and the parts of it that were asked for. */
export interface FolderTarget {
  readonly folder: string
  /** Files and folders below it, with slashes; empty for all. */
  readonly only: readonly string[]
}

export interface ValidateTargets {
  readonly folders: readonly FolderTarget[]
  readonly documents: readonly XmlFile[]
}

/**
 * Without paths the resources folder; a descriptor or a part of a folder is read together with the whole folder it
 * belongs to, since it gets defaults from there and may refer to others. Throws kind `not-found` for a path that is none.
 */
export async function validateTargets(paths: readonly string[], resources: string): Promise<ValidateTargets> {
  if (paths.length === 0) return { folders: [{ folder: resources, only: [] }], documents: [] }
  const only = new Map<string, string[]>()
  const documents: XmlFile[] = []
  for (const path of paths) {
    const about = await stat(path).catch(() => undefined)
    if (about === undefined)
      throw new RegistryError('not-found', `There is no ${path}; name descriptors, folders of them, or XML files.`)
    const xmlFiles = about.isDirectory() ? await xmlFilesIn(path) : path.endsWith('.xml') ? [path] : []
    for (const file of xmlFiles) documents.push({ file, text: await readFile(file, 'utf8') })
    if (!about.isDirectory() && xmlFiles.length > 0) continue
    if (!about.isDirectory() && !/\.(ya?ml|json)$/.test(path))
      throw new RegistryError('usage', `${path} is neither a descriptor (.yaml, .yml, .json) nor an XML file (.xml).`)
    if (about.isDirectory() && xmlFiles.length > 0 && !(await hasDescriptors(path))) continue
    const folder = resourcesFolderOf(path, about.isDirectory(), resources)
    only.set(folder, [...(only.get(folder) ?? []), relative(folder, path).split(sep).join('/')])
  }
  const folders = [...only].map(([folder, parts]) => ({ folder, only: parts.includes('') ? [] : parts }))
  return { folders, documents }
}

/** True for a file that was asked for. */
export function isWanted({ only }: FolderTarget, file: string): boolean {
  return only.length === 0 || only.some((part) => file === part || file.startsWith(`${part}/`))
}

/** The nearest folder around a path that has site defaults, the configured folder if it lies in there, or its own folder. */
function resourcesFolderOf(path: string, isFolder: boolean, resources: string): string {
  const own = isFolder ? path : dirname(path)
  for (let folder = resolve(own); ; folder = dirname(folder)) {
    if (['yaml', 'yml', 'json'].some((extension) => existsSync(join(folder, `site.${extension}`)))) return folder
    if (folder === resolve(resources)) return folder
    if (folder === dirname(folder)) break
  }
  // Parts for `include` stand in a folder of their own, which is not read for itself.
  return basename(own) === 'tables' ? dirname(own) : own
}

async function xmlFilesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder, { recursive: true }))
    .filter((name) => name.endsWith('.xml'))
    .sort()
    .map((name) => join(folder, name))
}

async function hasDescriptors(folder: string): Promise<boolean> {
  return (await readdir(folder, { recursive: true })).some((name) => /\.(ya?ml|json)$/.test(name))
}
