// A folder of descriptors → descriptors with all defaults and includes filled in, and what is wrong with their form.
import { didYouMean } from '../adql/words.js'
import { type Ivoid, isIvoid } from '../core/ivoid.js'
import { digestOf, type ResourceCache } from './cache.js'
import { catalogsOf, unknownSchemas } from './catalogs.js'
import { DefaultsByFolder, type FolderDefaults, withDefaults } from './defaults.js'
import { type Finding, type SourcePosition, sortFindings } from './finding.js'
import { readFolder } from './folder.js'
import { type FileOpener, resolveIncludes } from './include.js'
import { isMapValue, type LocatedValue } from './merge.js'
import { catalogResource } from './resource-types/catalog.js'
import { type Descriptor, resourceType, resourceTypes } from './resource-types/index.js'
import { SchemaChecker } from './schema-check.js'
import { linkServices } from './served-by.js'
import type { JsonSchema } from './shape.js'
import type { SourceFile } from './source-file.js'

/** A descriptor that fits its schema, complete: defaults, includes and IVOID are filled in. */
export interface LoadedDescriptor {
  /** Path below the resources folder, with slashes. */
  readonly file: string
  readonly ivoid: Ivoid
  readonly descriptor: Descriptor
  /** SHA-256 over everything it was made of; the same digest means the same descriptor. */
  readonly digest: string
  /** Where in the files a part of the descriptor stands; `pointer` is a JSON pointer such as `/contacts/0/email`. */
  locate(pointer: string, part?: 'key' | 'value'): SourcePosition
}

export interface LoadedResources {
  /** In the order of their paths; those whose form is wrong are missing here and named in `findings`. */
  readonly descriptors: readonly LoadedDescriptor[]
  readonly findings: readonly Finding[]
}

export interface LoadOptions {
  /** Compiled shapes to use again, for whoever loads often. */
  readonly checker?: SchemaChecker
  /** What was made of unchanged files the last time. */
  readonly cache?: ResourceCache
}

/**
 * Reads all descriptors below a folder, with site.yaml, defaults.yaml and includes, and checks their form.
 * Throws kind `usage` when there is no such folder; anything wrong inside is a finding.
 */
export async function loadResources(folder: string, options: LoadOptions = {}): Promise<LoadedResources> {
  const files = await readFolder(folder, options.cache)
  const loader = new Loader(
    files.open,
    new DefaultsByFolder(files.defaults, files.open, options.checker ?? new SchemaChecker(options.cache)),
  )
  loader.defaults.of('')
  const loaded = files.descriptors.flatMap((source) => loader.load(source))
  const linked = linkServices(loaded)
  const findings = sortFindings([...loader.defaults.findings, ...loader.findings, ...linked.findings])
  return { descriptors: linked.descriptors, findings }
}

class Loader {
  readonly findings: Finding[] = []

  constructor(
    readonly open: FileOpener,
    readonly defaults: DefaultsByFolder,
  ) {}

  /** The descriptor of a file, and those of the catalogs it lists. */
  load(source: SourceFile): readonly LoadedDescriptor[] {
    this.findings.push(...source.findings)
    if (source.findings.length > 0) return []
    const { located: own, findings } = resolveIncludes(source, this.open)
    this.findings.push(...findings)
    if (findings.length > 0) return []
    const type = typeOf(own, this.findings)
    if (type === undefined) return []
    const defaults = this.defaults.of(folderOf(source.file))
    const located = withIvoid(withDefaults(own, defaults.values), source.file, defaults)
    const main = this.#accept(type, located, source.file)
    if (main === undefined) return []
    for (const { pointer, name } of unknownSchemas(located)) {
      const message = `the tableset of the service has no schema "${name}"`
      const hint = 'name schemas as the tableset does, or give the catalog a tableset of its own'
      this.findings.push({
        ...located.locate(pointer),
        rule: 'catalog-schema',
        severity: 'error',
        message,
        hint,
        pointer,
      })
    }
    const catalogs = catalogsOf(located, main.ivoid).map((one) => this.#accept(catalogResource, one, source.file))
    return [main, ...catalogs.filter((one) => one !== undefined)]
  }

  #accept(type: { readonly shape: JsonSchema }, located: LocatedValue, file: string): LoadedDescriptor | undefined {
    const wrong = this.defaults.checker.check(type.shape, located)
    this.findings.push(...wrong)
    if (wrong.length > 0) return undefined
    // The shape has accepted the value: this is where text from a file becomes a descriptor.
    const descriptor = located.value as Descriptor
    const ivoid = descriptor.ivoid ?? ''
    if (isIvoid(ivoid))
      return {
        file,
        ivoid,
        descriptor,
        digest: digestOf(JSON.stringify(descriptor)),
        locate: (pointer, part) => located.locate(pointer, part),
      }
    this.findings.push({
      ...located.locate('/ivoid'),
      rule: 'required',
      severity: 'error',
      message:
        ivoid === '' ? 'ivoid is missing, and no authority is known to make one of' : `"${ivoid}" is not an IVOID`,
      hint: 'add ivoid, or authority to site.yaml; file names become part of it',
    })
    return undefined
  }
}

function folderOf(file: string): string {
  return file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : ''
}

function typeOf(
  own: LocatedValue,
  findings: Finding[],
): { readonly shape: (typeof resourceTypes)[number]['shape'] } | undefined {
  const known = resourceTypes.map((one) => one.type)
  const given = isMapValue(own.value) ? own.value.type : undefined
  const type = typeof given === 'string' ? resourceType(given) : undefined
  if (type !== undefined) return type
  const message = !isMapValue(own.value)
    ? 'a descriptor is a map of keys and values'
    : given === undefined
      ? 'type is missing in the descriptor'
      : `${JSON.stringify(given)} is no resource type.${didYouMean(String(given), known)}`
  findings.push({
    ...own.locate('/type'),
    rule: 'type',
    severity: 'error',
    message,
    hint: `known are ${known.join(', ')}`,
    pointer: '/type',
  })
  return undefined
}

/** Fills in the IVOID: the folder's base and the path of the file; an authority's is the base alone (RI 1.1 §3.1). */
function withIvoid(located: LocatedValue, file: string, defaults: FolderDefaults): LocatedValue {
  if (!isMapValue(located.value) || located.value.ivoid !== undefined || defaults.ivoidBase === undefined)
    return located
  const { ivoid: base, folder } = defaults.ivoidBase
  const path = (folder === '' ? file : file.slice(folder.length + 1)).replace(/\.[^.]+$/, '')
  const ivoid = located.value.type === 'vg:Authority' ? base : `${base}/${path}`
  return located.replacedBy({ ...located.value, ivoid })
}
