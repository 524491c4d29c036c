// A descriptor as written → what its JSON Schema has against it, said with file, line, what was found and expected.

import { Ajv, type AnySchemaObject, type ErrorObject, type SchemaValidateFunction, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import { didYouMean } from '../adql/words.js'
import { counted } from '../core/counted.js'
import { digestOf, type ResourceCache } from './cache.js'
import type { Finding } from './finding.js'
import { isMapValue, type LocatedValue } from './merge.js'
import type { RuleName } from './rule-help.js'
import type { JsonSchema } from './shape.js'

/**
 * Checks values against shapes. Each shape is compiled when a value first needs it, and where a value may have several
 * forms only the one that was meant is looked at: its errors are those that help.
 */
export class SchemaChecker {
  readonly #ajv = new Ajv({
    allErrors: true,
    verbose: true,
    strict: false,
    validateSchema: false,
    code: { optimize: false },
  })
  readonly #compiled = new Map<JsonSchema, ValidateFunction>()

  readonly #cache: ResourceCache | undefined

  /** With a cache, what fitted its shape the last time is not checked again; compiling shapes takes half a second. */
  constructor(cache?: ResourceCache) {
    this.#cache = cache
    addFormats.default(this.#ajv, ['email'])
    const validate: SchemaValidateFunction = (shape: JsonSchema, data: unknown, _, place) => {
      const errors = this.#errorsOf(meantForm(shape, data), shape, data)
      validate.errors = errors.map((error) => ({
        ...error,
        instancePath: (place?.instancePath ?? '') + (error.instancePath ?? ''),
      }))
      return errors.length === 0
    }
    this.#ajv.addKeyword({ keyword: 'meant', validate, errors: 'full' })
  }

  /** Everything the shape has against the value; nothing when it fits. */
  check(shape: JsonSchema, located: LocatedValue): readonly Finding[] {
    const digest = this.#cache && digestOf(JSON.stringify([shape.title, located.value]))
    if (digest === undefined) return this.#check(shape, located)
    let findings: readonly Finding[] | undefined
    const fits = this.#cache?.remember('fits', digest, () => {
      findings = this.#check(shape, located)
      return findings.length === 0
    })
    return fits === true ? [] : (findings ?? this.#check(shape, located))
  }

  #check(shape: JsonSchema, located: LocatedValue): readonly Finding[] {
    // Ajv reports the value around a keyword of ours as the faulty one; the path is right.
    return this.#errorsOf(shape, shape, located.value).map((error) =>
      toFinding({ ...error, data: valueAt(located.value, error.instancePath) }, located),
    )
  }

  #errorsOf(form: JsonSchema | undefined, shape: JsonSchema, data: unknown): readonly ErrorObject[] {
    if (form === undefined) return [noSuchForm(shape, data)]
    const known = this.#compiled.get(form)
    const validate = known ?? this.#ajv.compile(forAjv(form, 'whole'))
    if (known === undefined) this.#compiled.set(form, validate)
    return validate(data) ? [] : [...(validate.errors ?? [])]
  }
}

/** The form of a value with several possible forms: by its `type`, else by its JSON type and the keys it has. */
function meantForm(shape: JsonSchema, data: unknown): JsonSchema | undefined {
  if (shape.oneOf !== undefined) {
    const type = isMapValue(data) ? data.type : undefined
    return shape.oneOf.find((form) => form.properties?.type?.enum?.some((one) => one === type))
  }
  const fitting = (shape.anyOf ?? []).filter((form) => form.anyOf !== undefined || form.type === jsonType(data))
  const named = fitting.find((form) => isMapValue(data) && form.required?.some((key) => key in data))
  return named ?? fitting.find((form) => form.anyOf === undefined) ?? fitting[0]
}

function jsonType(data: unknown): string {
  if (Array.isArray(data)) return 'array'
  return data === null ? 'null' : typeof data
}

function noSuchForm(shape: JsonSchema, data: unknown): ErrorObject {
  const keyword = shape.oneOf === undefined ? 'anyOf' : 'discriminator'
  return { keyword, instancePath: '', schemaPath: '', params: {}, data, parentSchema: { ...shape } }
}

/** The value that a JSON pointer leads to. */
function valueAt(root: unknown, pointer: string): unknown {
  let value = root
  for (const step of pointer.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
  }
  return value
}

/** A shape as ajv gets it: choices become the keyword `meant`, everything else stays. */
function forAjv(shape: JsonSchema, place: 'whole' | 'part'): AnySchemaObject {
  if (shape.anyOf !== undefined || shape.oneOf !== undefined)
    return place === 'part' || shape.type === undefined ? { meant: shape } : { type: shape.type, meant: shape }
  const { properties, items, additionalProperties, ...rest } = shape
  return {
    ...rest,
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(Object.entries(properties).map(([key, one]) => [key, forAjv(one, 'part')])) }),
    ...(items === undefined ? {} : { items: forAjv(items, 'part') }),
    ...(additionalProperties === undefined
      ? {}
      : {
          additionalProperties:
            typeof additionalProperties === 'boolean' ? additionalProperties : forAjv(additionalProperties, 'part'),
        }),
  }
}

function toFinding(error: ErrorObject, located: LocatedValue): Finding {
  const said = describe(error)
  const pointer =
    error.instancePath + (said.key === undefined ? '' : `/${said.key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
  const place = located.locate(pointer, said.key === undefined ? 'value' : 'key')
  const hint = said.hint ?? error.parentSchema?.description
  return {
    ...place,
    rule: said.rule,
    severity: 'error',
    message: said.message,
    pointer,
    ...(typeof hint === 'string' ? { hint } : {}),
  }
}

interface Said {
  readonly rule: RuleName
  readonly message: string
  readonly hint?: string | undefined
  /** The key that is at fault, where the value around it is where the error was seen. */
  readonly key?: string
}

function describe(error: ErrorObject): Said {
  const name = error.instancePath.split('/').findLast((step) => !/^\d*$/.test(step)) ?? 'the descriptor'
  const found = show(error.data)
  const { params } = error
  switch (error.keyword) {
    case 'required': {
      const missing = String(params.missingProperty)
      const shape: unknown = error.parentSchema?.properties?.[missing]?.description
      return {
        rule: 'required',
        message: `${missing} is missing in ${name}`,
        hint: typeof shape === 'string' ? `add ${missing}: ${shape}` : `add ${missing}`,
      }
    }
    case 'additionalProperties': {
      const key = String(params.additionalProperty)
      const known = Object.keys(error.parentSchema?.properties ?? {})
      return {
        rule: 'unknown-key',
        message: `${name} has no key "${key}".${didYouMean(key, known)}`,
        hint: `known are ${known.join(', ')}`,
        key,
      }
    }
    case 'discriminator': {
      const known = formsOf(error).flatMap((form) => form.properties?.type?.enum?.map(String) ?? [])
      const type = isMapValue(error.data) ? error.data.type : undefined
      const message =
        type === undefined
          ? `type is missing in ${name}`
          : `${show(type)} is no type for ${name}.${didYouMean(String(type), known)}`
      return { rule: 'type', message, hint: `known are ${known.join(', ')}` }
    }
    case 'enum': {
      const known = (params.allowedValues as readonly unknown[]).map(String)
      return {
        rule: 'enumeration',
        message: `${name} is ${found}.${didYouMean(String(error.data), known)}`,
        hint: `expected ${known.join(', ')}`,
      }
    }
    case 'type':
    case 'anyOf':
      return { rule: 'kind', message: `${name} is ${found}; expected ${expectedKind(error)}`, hint: kindHint(error) }
    case 'pattern':
    case 'format':
      return { rule: 'form', message: `${name} is ${found}, which has not the expected form` }
    case 'minLength':
      return { rule: 'length', message: `${name} is empty` }
    case 'maxLength':
      return {
        rule: 'length',
        message: `${name} is ${found} with ${counted(String(error.data).length, 'character')}; expected at most ${params.limit}`,
      }
    case 'minItems':
    case 'maxItems': {
      const bound = error.keyword === 'minItems' ? 'at least' : 'at most'
      return {
        rule: 'length',
        message: `${name} has ${counted(Array.isArray(error.data) ? error.data.length : 0, 'entry', 'entries')}; expected ${bound} ${params.limit}`,
      }
    }
    default:
      return { rule: 'range', message: `${name} is ${found}; it ${error.message ?? 'has not the expected value'}` }
  }
}

/** The forms a value could have had. */
function formsOf(error: ErrorObject): readonly JsonSchema[] {
  const shape = (error.parentSchema ?? {}) as JsonSchema
  return shape.oneOf ?? shape.anyOf ?? [shape]
}

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  object: 'a map',
  array: 'a list',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
}

function expectedKind(error: ErrorObject): string {
  const names = formsOf(error).map((form) => kinds[String(form.anyOf?.[0]?.type ?? form.type)])
  return [...new Set(names.filter((one) => one !== undefined))].join(' or ') || 'another kind of value'
}

function kindHint(error: ErrorObject): string | undefined {
  if (typeof error.data === 'number' || typeof error.data === 'boolean')
    return `write '${String(error.data)}' with quotation marks if it is meant as text`
  return undefined
}

function show(value: unknown): string {
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 80 ? `${text.slice(0, 80)}…"` : text
}
