// Values from several files → one value that knows for each part which file it came from.
import type { SourcePosition } from './finding.js'
import { locate, type Path, type SourceFile } from './source-file.js'

/** Where a part of a merged value comes from. */
export interface Origin {
  readonly source: SourceFile
  readonly path: Path
}

/** A value with the places its parts come from. */
export class LocatedValue {
  readonly #origins = new Map<string, Origin>()

  constructor(
    readonly value: unknown,
    origins: ReadonlyMap<string, Origin>,
  ) {
    this.#origins = new Map(origins)
  }

  /** Files that went into it. */
  sources(): readonly SourceFile[] {
    return [...new Set([...this.#origins.values()].map((origin) => origin.source))]
  }

  /** The place of the part a JSON pointer names, or of the nearest part around it. */
  locate(pointer: string, part: 'key' | 'value' = 'value'): SourcePosition {
    const path = parsePointer(pointer)
    for (let length = path.length; length >= 0; length--) {
      const origin = this.#origins.get(toPointer(path.slice(0, length)))
      if (origin !== undefined) return locate(origin.source, [...origin.path, ...path.slice(length)], part)
    }
    return { file: '', line: 1, column: 1 }
  }

  /** The origins, moved below a pointer. */
  originsBelow(pointer: string): ReadonlyMap<string, Origin> {
    return new Map([...this.#origins].map(([key, origin]) => [pointer + key, origin]))
  }

  /** One part as a value of its own. */
  part(pointer: string, value: unknown): LocatedValue {
    const path = parsePointer(pointer)
    const origins = new Map<string, Origin>()
    for (let length = 0; length <= path.length; length++) {
      const origin = this.#origins.get(toPointer(path.slice(0, length)))
      if (origin !== undefined)
        origins.set('', { source: origin.source, path: [...origin.path, ...path.slice(length)] })
    }
    for (const [key, origin] of this.#origins)
      if (key.startsWith(`${pointer}/`)) origins.set(key.slice(pointer.length), origin)
    return new LocatedValue(value, origins)
  }

  /** Another value of the same places. */
  replacedBy(value: unknown): LocatedValue {
    return new LocatedValue(value, this.#origins)
  }

  /** The same value with one part set to another value. */
  with(pointer: string, value: unknown, part: LocatedValue): LocatedValue {
    const kept = [...this.#origins].filter(([key]) => key !== pointer && !key.startsWith(`${pointer}/`))
    return new LocatedValue(value, new Map([...kept, ...part.originsBelow(pointer)]))
  }
}

/** A whole file as located value. */
export function locatedFile(source: SourceFile): LocatedValue {
  return new LocatedValue(source.value, new Map([['', { source, path: [] }]]))
}

/**
 * `own` laid over `defaults`: maps are merged, anything else is replaced, null takes a default away.
 * Keys of `defaults` that `wanted` refuses are left out (only at the top).
 */
export function inherit(
  own: LocatedValue,
  defaults: LocatedValue,
  wanted: (key: string) => boolean = () => true,
): LocatedValue {
  const origins = new Map(own.originsBelow(''))
  const value = mergeMaps(own.value, defaults.value, [], wanted, (path) => {
    const pointer = toPointer(path)
    for (const [key, origin] of defaults.part(pointer, undefined).originsBelow(pointer)) origins.set(key, origin)
  })
  return new LocatedValue(value, origins)
}

function mergeMaps(
  own: unknown,
  defaults: unknown,
  path: Path,
  wanted: (key: string) => boolean,
  onInherited: (path: Path) => void,
): unknown {
  if (!isMapValue(own) || !isMapValue(defaults)) return own
  const merged: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(own)) {
    if (value === null && key in defaults) continue
    merged[key] = key in defaults ? mergeMaps(value, defaults[key], [...path, key], () => true, onInherited) : value
  }
  for (const [key, value] of Object.entries(defaults)) {
    if (key in own || (path.length === 0 && !wanted(key)) || value === null) continue
    merged[key] = value
    onInherited([...path, key])
  }
  return merged
}

/** True for a map (not a list, not null). */
export function isMapValue(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `['a/b', 0]` → `/a~1b/0` */
export function toPointer(path: Path): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** `/a~1b/0` → `['a/b', '0']` */
export function parsePointer(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}
