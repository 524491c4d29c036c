// `{ include: file }` anywhere in a descriptor → the content of that file.
import type { Finding } from './finding.js'
import { isMapValue, LocatedValue, locatedFile, type Origin, toPointer } from './merge.js'
import type { Path, SourceFile } from './source-file.js'

/** Gives the file at a path below the resources folder; a text says why it cannot be had. */
export type FileOpener = (file: string) => SourceFile | string

const maxDepth = 8

/** Replaces all includes in a file's content. Findings tell of files that are missing, broken or include themselves. */
export function resolveIncludes(
  source: SourceFile,
  open: FileOpener,
): { readonly located: LocatedValue; readonly findings: readonly Finding[] } {
  if (!/\binclude\b/.test(source.text)) return { located: locatedFile(source), findings: [] }
  const origins = new Map<string, Origin>([['', { source, path: [] }]])
  const findings: Finding[] = []
  const whole = locatedFile(source)
  const value = walk(source.value, [], { source, chain: [source.file], sourcePath: [] })
  return { located: new LocatedValue(value, origins), findings }

  function walk(value: unknown, path: Path, place: Place): unknown {
    if (Array.isArray(value)) return walkList(value, path, place)
    if (!isMapValue(value)) return value
    const included = open_(value, place)
    if (included !== undefined) {
      origins.set(toPointer(path), { source: included.source, path: [] })
      return walk(included.source.value, path, included)
    }
    return Object.fromEntries(
      Object.entries(value).map(([key, child]) => [
        key,
        walk(child, [...path, key], { ...place, sourcePath: [...place.sourcePath, key] }),
      ]),
    )
  }

  function walkList(list: readonly unknown[], path: Path, place: Place): unknown[] {
    const result: unknown[] = []
    const isMoved = list.some((item) => includePath(item) !== undefined)
    for (const [index, item] of list.entries()) {
      const itemPlace = { ...place, sourcePath: [...place.sourcePath, index] }
      const included = open_(item, itemPlace)
      const content = included?.source.value
      if (included !== undefined && Array.isArray(content)) {
        for (const [position, element] of content.entries()) {
          origins.set(toPointer([...path, result.length]), { source: included.source, path: [position] })
          result.push(walk(element, [...path, result.length], { ...included, sourcePath: [position] }))
        }
      } else {
        if (isMoved)
          origins.set(toPointer([...path, result.length]), { source: place.source, path: itemPlace.sourcePath })
        result.push(walk(item, [...path, result.length], itemPlace))
      }
    }
    return result
  }

  function open_(value: unknown, place: Place): Place | undefined {
    const wanted = includePath(value)
    if (wanted === undefined) return undefined
    const file = joinPath(place.source.file, wanted)
    const refuse = (message: string, hint: string) => {
      findings.push({ ...locateIn(place), rule: 'include', severity: 'error', message, hint })
      return undefined
    }
    if (file === undefined)
      return refuse(`"${wanted}" leads out of the resources folder`, 'keep included files inside it')
    if (place.chain.includes(file) || place.chain.length >= maxDepth)
      return refuse(`"${wanted}" includes itself by way of ${place.chain.join(' → ')}`, 'break the circle')
    const opened = open(file)
    if (typeof opened === 'string')
      return refuse(`"${wanted}" cannot be read: ${opened}`, 'paths are relative to the file that says include')
    findings.push(...opened.findings)
    if (opened.findings.length > 0) return undefined
    return { source: opened, chain: [...place.chain, file], sourcePath: [] }
  }

  function locateIn(place: Place) {
    return place.source === source
      ? whole.locate(toPointer(place.sourcePath))
      : locatedFile(place.source).locate(toPointer(place.sourcePath))
  }
}

interface Place {
  readonly source: SourceFile
  /** Path of the value in that file. */
  readonly sourcePath: Path
  /** Files on the way here. */
  readonly chain: readonly string[]
}

function includePath(value: unknown): string | undefined {
  if (!isMapValue(value)) return undefined
  const { include, ...others } = value
  return typeof include === 'string' && Object.keys(others).length === 0 ? include : undefined
}

/** A path relative to a file → path below the resources folder; undefined when it leads outside. */
function joinPath(from: string, relative: string): string | undefined {
  if (relative.startsWith('/') || /^[A-Za-z]:|\\/.test(relative)) return undefined
  const parts = from.split('/').slice(0, -1)
  for (const part of relative.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') {
      if (parts.pop() === undefined) return undefined
    } else parts.push(part)
  }
  return parts.join('/')
}
