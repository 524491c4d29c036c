// Shapes → schemas/descriptor.schema.json, by which editors complete, explain and check descriptors.
import { defaultsShape } from './defaults.js'
import { resourceTypes } from './resource-types/index.js'
import type { JsonSchema } from './shape.js'

/** A JSON Schema document. */
export interface SchemaDocument {
  readonly $schema: string
  readonly definitions: Readonly<Record<string, unknown>>
  readonly [keyword: string]: unknown
}

/** The schema of all descriptor files: one branch for each resource type, chosen by `type`. */
export function descriptorSchema(): SchemaDocument {
  const definitions = new Definitions()
  const branches = resourceTypes.map(({ type, shape }) =>
    conditional(
      { properties: { type: { const: type } }, required: ['type'] },
      definitions.refer(type, forFiles(shape)),
    ),
  )
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Descriptor of a resource of the Virtual Observatory',
    type: 'object',
    required: ['type'],
    properties: {
      type: {
        description: 'Kind of resource (xsi:type); decides what else may be said.',
        oneOf: resourceTypes.map(({ type, title }) => ({ const: type, description: title })),
      },
    },
    allOf: branches,
    definitions: definitions.all(),
  }
}

/** The schema of site.yaml and defaults.yaml. */
export function defaultsSchema(): SchemaDocument {
  const definitions = new Definitions()
  const whole = definitions.convert(defaultsShape)
  return { $schema: 'http://json-schema.org/draft-07/schema#', ...whole, definitions: definitions.all() }
}

/** The text of a schema document as it stands in schemas/. */
export function schemaText(document: SchemaDocument): string {
  return `${JSON.stringify(document, undefined, 2)}\n`
}

/** What defaults may supply need not stand in the file itself. */
function forFiles(shape: JsonSchema): JsonSchema {
  return { ...shape, required: (shape.required ?? []).filter((key) => key === 'type' || key === 'title') }
}

/** Shapes used in several places are stated once and referred to. */
class Definitions {
  readonly #names = new Map<JsonSchema, string>()
  readonly #documents = new Map<string, unknown>()

  refer(name: string, shape: JsonSchema): unknown {
    const known = this.#names.get(shape)
    if (known !== undefined) return { $ref: `#/definitions/${known}` }
    const unused = this.#unused(name)
    this.#names.set(shape, unused)
    this.#documents.set(unused, undefined)
    this.#documents.set(unused, this.convert(shape, name))
    return { $ref: `#/definitions/${unused}` }
  }

  all(): Readonly<Record<string, unknown>> {
    return Object.fromEntries([...this.#documents].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  convert(shape: JsonSchema, name = ''): Readonly<Record<string, unknown>> {
    const { properties, items, additionalProperties, anyOf, oneOf, discriminator, ...rest } = shape
    const listName = name.replace(/^whole-/, '')
    const itemName = includable.has(listName) ? listName : 'item'
    // A list of capabilities: each branch by its type, as completion and error messages understand it best.
    const chosen =
      oneOf !== undefined && discriminator !== undefined
        ? {
            properties: { type: { enum: oneOf.flatMap((one) => one.properties?.type?.enum ?? []) } },
            allOf: oneOf.map((one) =>
              conditional(
                { properties: { type: one.properties?.type ?? {} }, required: ['type'] },
                this.refer(String(one.properties?.type?.enum?.[0]), one),
              ),
            ),
          }
        : {}
    return {
      ...rest,
      ...(properties === undefined ? {} : { properties: mapValues(properties, (one, key) => this.#part(one, key)) }),
      ...(items === undefined ? {} : { items: this.#part(items, itemName) }),
      ...(additionalProperties === undefined
        ? {}
        : {
            additionalProperties:
              typeof additionalProperties === 'boolean'
                ? additionalProperties
                : this.#part(additionalProperties, 'value'),
          }),
      ...(anyOf === undefined ? {} : { anyOf: anyOf.map((one) => this.#part(one, 'form')) }),
      ...chosen,
    }
  }

  /** Parts of some size become definitions; small ones stay where they are. */
  #part(shape: JsonSchema, name: string): unknown {
    if (includable.has(name)) {
      const whole = this.#reference(shape, `whole-${name}`)
      const isInclude = { type: 'object', required: ['include'] }
      return {
        description: shape.description,
        ...conditional(isInclude, this.refer('include', includeDefinition), whole),
      }
    }
    return this.#reference(shape, name)
  }

  #reference(shape: JsonSchema, name: string): unknown {
    const isLarge = shape.properties !== undefined || shape.items !== undefined || shape.oneOf !== undefined
    return isLarge || shape.anyOf !== undefined ? this.refer(name, shape) : this.convert(shape)
  }

  #unused(name: string): string {
    const base = name.replace(/[^A-Za-z0-9-]/g, '-')
    if (!this.#documents.has(base)) return base
    for (let number = 2; ; number++) if (!this.#documents.has(`${base}-${number}`)) return `${base}-${number}`
  }
}

function conditional(condition: unknown, consequence: unknown, otherwise?: unknown): Readonly<Record<string, unknown>> {
  const words = [
    ['if', condition],
    ['then', consequence],
    ...(otherwise === undefined ? [] : [['else', otherwise] as const]),
  ]
  return Object.fromEntries(words as readonly (readonly [string, unknown])[])
}

/** Long parts that are often kept in a file of their own. */
const includable = new Set(['tableset', 'schemas', 'tables', 'columns', 'catalogs', 'coverage'])

const includeDefinition = {
  description: 'The content of another file.',
  type: 'object',
  required: ['include'],
  additionalProperties: false,
  properties: { include: { description: 'Path, relative to this file.', type: 'string' } },
}

function mapValues<T, U>(map: Readonly<Record<string, T>>, convert: (value: T, key: string) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, convert(value, key)]))
}
