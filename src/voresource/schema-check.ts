// A descriptor as written → what its JSON Schema has against it, said with file, line, what was found and expected.
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import type { Finding } from './finding.js'
import type { LocatedValue } from './merge.js'
import { didYouMean } from './nearest.js'
import type { JsonSchema } from './shape.js'

/** Checks values against shapes; a shape is compiled when it is first used. */
export class SchemaChecker {
  readonly #ajv = new Ajv({
    allErrors: true,
    verbose: true,
    discriminator: true,
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
  })
  readonly #compiled = new Map<JsonSchema, ValidateFunction>()

  constructor() {
    addFormats.default(this.#ajv, ['email'])
  }

  /** Everything the shape has against the value; nothing when it fits. */
  check(shape: JsonSchema, located: LocatedValue): readonly Finding[] {
    const validate = this.#compiled.get(shape) ?? this.#ajv.compile(shape)
    this.#compiled.set(shape, validate)
    if (validate(located.value)) return []
    return withoutEchoes(validate.errors ?? []).map((error) => toFinding(error, located))
  }
}

/**
 * A value that may have either of two forms fails both: keep the errors of the form that was meant, which is the
 * one whose JSON type fits.
 */
function withoutEchoes(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const alternatives = errors.filter((error) => error.keyword === 'anyOf')
  let kept = errors.filter((error) => error.keyword !== 'oneOf')
  // Inner alternatives first: an outer one then sees what is left of them.
  for (const outer of [...alternatives].sort((a, b) => b.schemaPath.length - a.schemaPath.length)) {
    const inside = kept.filter((error) => error !== outer && error.schemaPath.startsWith(`${outer.schemaPath}/`))
    const ofMeantForm = inside.filter(
      (error) => !(error.instancePath === outer.instancePath && error.keyword === 'type'),
    )
    const dropped = new Set<ErrorObject>(
      ofMeantForm.length > 0 ? [outer, ...inside.filter((error) => !ofMeantForm.includes(error))] : inside,
    )
    kept = kept.filter((error) => !dropped.has(error))
  }
  return kept
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
  readonly rule: string
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
      const branches = oneOfBranches(error)
      const known = branches.flatMap((branch) => branch.properties?.type?.enum?.map(String) ?? [])
      const type = params.tagValue
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
        message: `${name} is ${found} with ${String(error.data).length} characters; expected at most ${params.limit}`,
      }
    case 'minItems':
    case 'maxItems': {
      const bound = error.keyword === 'minItems' ? 'at least' : 'at most'
      return {
        rule: 'length',
        message: `${name} has ${Array.isArray(error.data) ? error.data.length : 0} entries; expected ${bound} ${params.limit}`,
      }
    }
    default:
      return { rule: 'range', message: `${name} is ${found}; it ${error.message ?? 'has not the expected value'}` }
  }
}

function oneOfBranches(error: ErrorObject): readonly JsonSchema[] {
  const branches: unknown = error.parentSchema?.oneOf
  return Array.isArray(branches) ? (branches as readonly JsonSchema[]) : []
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
  const forms: readonly JsonSchema[] =
    error.keyword === 'anyOf' ? (error.schema as readonly JsonSchema[]) : [(error.parentSchema ?? {}) as JsonSchema]
  const names = forms.map((form) => kinds[String(form.type)]).filter((name) => name !== undefined)
  return [...new Set(names)].join(' or ') || 'another kind of value'
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
