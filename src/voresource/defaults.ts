// site.yaml and defaults.yaml → what a descriptor of a folder inherits: site, then archive, then catalog.
import { capabilityTypes } from './capabilities/index.js'
import type { Finding } from './finding.js'
import { type FileOpener, resolveIncludes } from './include.js'
import { inherit, isMapValue, LocatedValue } from './merge.js'
import { resourceTypes } from './resource-types/index.js'
import type { SchemaChecker } from './schema-check.js'
import { type JsonSchema, text } from './shape.js'
import type { SourceFile } from './source-file.js'

/** What holds in one folder. */
export interface FolderDefaults {
  readonly values: LocatedValue
  /** IVOIDs of the folder's files begin with this; undefined when nothing says so. */
  readonly ivoidBase: { readonly ivoid: string; readonly folder: string } | undefined
}

const properties = (shapes: readonly { readonly shape: JsonSchema }[]): Readonly<Record<string, JsonSchema>> =>
  Object.fromEntries(
    shapes.flatMap(({ shape }) => Object.entries(shape.properties ?? {}).filter(([key]) => key !== 'type')),
  )

/** What site.yaml and defaults.yaml may say: any key of any resource type, and three of their own. */
export const defaultsShape: JsonSchema = {
  title: 'Defaults of a folder',
  description: 'Keys that every descriptor below gets, if its type has them and it says nothing else.',
  type: 'object',
  additionalProperties: false,
  properties: {
    authority: text('Naming authority; IVOIDs are made of it and the path of the file.', {
      pattern: "^[A-Za-z0-9][A-Za-z0-9_\\-.!~*'()+=]{2,}$",
    }),
    ivoidBase: text('What the IVOIDs of this folder begin with, as ivo://archive.example.edu/tap.', {
      pattern: '^ivo://\\S+[^/]$',
    }),
    capabilityDefaults: {
      description: 'Keys for all capabilities of a type.',
      type: 'object',
      additionalProperties: false,
      properties: Object.fromEntries(
        capabilityTypes.map(({ type, shape }) => [
          type,
          {
            description: shape.description ?? '',
            type: 'object',
            additionalProperties: false,
            properties: properties([{ shape }]),
          },
        ]),
      ),
    },
    ...properties(resourceTypes),
  },
}

/**
 * The part of the shape that is about the keys there are: compiling it for all keys of all types would take a third of
 * the time of a start. With a key that nobody knows it is the whole shape, whose errors name the nearest known one.
 */
function shapeFor(value: unknown): JsonSchema {
  const known = defaultsShape.properties ?? {}
  if (!isMapValue(value) || Object.keys(value).some((key) => known[key] === undefined)) return defaultsShape
  const present = Object.entries(known).filter(([key]) => key in value && key !== 'capabilityDefaults')
  const byType = known.capabilityDefaults?.properties ?? {}
  const { capabilityDefaults: given } = value
  if (given === undefined) return { ...defaultsShape, properties: Object.fromEntries(present) }
  if (!isMapValue(given) || Object.keys(given).some((type) => byType[type] === undefined)) return defaultsShape
  const properties = Object.fromEntries(Object.entries(byType).filter(([type]) => type in given))
  const capabilityDefaults = { ...known.capabilityDefaults, properties }
  return { ...defaultsShape, properties: { ...Object.fromEntries(present), capabilityDefaults } }
}

const nothing = new LocatedValue({}, new Map())

/** Gives the defaults of each folder; each file is read and checked once. */
export class DefaultsByFolder {
  readonly findings: Finding[] = []
  readonly #known = new Map<string, FolderDefaults>()

  constructor(
    readonly files: ReadonlyMap<string, readonly SourceFile[]>,
    readonly open: FileOpener,
    readonly checker: SchemaChecker,
  ) {}

  of(folder: string): FolderDefaults {
    const known = this.#known.get(folder)
    if (known !== undefined) return known
    const slash = folder.lastIndexOf('/')
    const outer: FolderDefaults =
      folder === '' ? { values: nothing, ivoidBase: undefined } : this.of(slash < 0 ? '' : folder.slice(0, slash))
    const result = (this.files.get(folder) ?? []).reduce((inherited, file) => this.#add(inherited, file, folder), outer)
    this.#known.set(folder, result)
    return result
  }

  #add(outer: FolderDefaults, file: SourceFile, folder: string): FolderDefaults {
    this.findings.push(...file.findings)
    if (file.findings.length > 0 || file.value === null) return outer
    const { located, findings } = resolveIncludes(file, this.open)
    this.findings.push(...findings, ...this.checker.check(shapeFor(located.value), located))
    if (!isMapValue(located.value)) return outer
    const { authority, ivoidBase } = located.value
    const base =
      typeof ivoidBase === 'string' ? ivoidBase : typeof authority === 'string' ? `ivo://${authority}` : undefined
    return {
      values: inherit(located, outer.values),
      ivoidBase: base === undefined ? outer.ivoidBase : { ivoid: base, folder },
    }
  }
}

/** A descriptor with what it inherits: keys its type has, and for each capability what its type has. */
export function withDefaults(own: LocatedValue, defaults: LocatedValue): LocatedValue {
  if (!isMapValue(own.value)) return own
  const type = resourceTypes.find((one) => isMapValue(own.value) && one.type === own.value.type)
  const merged = inherit(own, defaults, (key) => type?.shape.properties?.[key] !== undefined)
  return withCapabilityDefaults(merged, defaults)
}

function withCapabilityDefaults(merged: LocatedValue, defaults: LocatedValue): LocatedValue {
  const capabilities = isMapValue(merged.value) ? merged.value.capabilities : undefined
  const byType = isMapValue(defaults.value) ? defaults.value.capabilityDefaults : undefined
  if (!Array.isArray(capabilities) || !isMapValue(byType)) return merged
  let result = merged
  for (const [index, capability] of capabilities.entries()) {
    const type = isMapValue(capability) && capability.self !== true ? capability.type : undefined
    if (typeof type !== 'string' || byType[type] === undefined) continue
    const pointer = `/capabilities/${index}`
    const given = defaults.part(`/capabilityDefaults/${type.replaceAll('/', '~1')}`, byType[type])
    const full = inherit(result.part(pointer, capability), given)
    const list = isMapValue(result.value) ? result.value.capabilities : undefined
    const replaced = (Array.isArray(list) ? list : []).map((one, at) => (at === index ? full.value : one))
    result = result.with(
      pointer,
      isMapValue(result.value) ? { ...result.value, capabilities: replaced } : result.value,
      full,
    )
  }
  return result
}
