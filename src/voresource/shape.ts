// A shape is a JSON Schema that TypeScript can read a type from: what is validated, what editors show and what the
// builders receive are stated once.

/** A JSON Schema (draft-07, as ajv and editors read it). */
export interface JsonSchema {
  readonly title?: string
  readonly description?: string
  readonly type?: string | readonly string[]
  readonly const?: string | boolean
  readonly enum?: readonly (string | number)[]
  readonly pattern?: string
  readonly format?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly minProperties?: number
  readonly items?: JsonSchema
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly discriminator?: { readonly propertyName: string }
  readonly examples?: readonly unknown[]
  readonly default?: unknown
}

declare const meaning: unique symbol

/** A JSON Schema whose instances are `T`. The type exists for the compiler only. */
export interface Shape<T> extends JsonSchema {
  readonly [meaning]?: () => T
}

/** The type of what a shape accepts. */
export type Infer<S extends Shape<unknown>> = S extends Shape<infer T> ? T : never

/** Shapes by property name. */
export type Properties = Readonly<Record<string, Shape<unknown>>>

/** The object type of required and optional properties. */
export type InferObject<Required extends Properties, Optional extends Properties> = {
  readonly [Name in keyof Required]: Infer<Required[Name]>
} & { readonly [Name in keyof Optional]?: Infer<Optional[Name]> }

/** Properties of an object, mandatory and not; kept apart so that several groups can be joined. */
export interface PropertyGroup<Required extends Properties, Optional extends Properties> {
  readonly required: Required
  readonly optional: Optional
}

/** A group of properties. */
export function group<Required extends Properties, Optional extends Properties>(
  required: Required,
  optional: Optional,
): PropertyGroup<Required, Optional> {
  return { required, optional }
}

/** The object type of a group. */
export type InferGroup<G extends PropertyGroup<Properties, Properties>> = InferObject<G['required'], G['optional']>

/** Words that every shape may carry. */
type About = Pick<JsonSchema, 'title' | 'examples' | 'default'>

/** Text. `format` and `pattern` are JSON Schema's. */
export function text(
  description: string,
  rules: About & Pick<JsonSchema, 'pattern' | 'format' | 'minLength' | 'maxLength'> = {},
): Shape<string> {
  return { description, type: 'string', minLength: 1, ...rules }
}

/** One of some words. */
export function oneOf<const Words extends readonly string[]>(description: string, words: Words): Shape<Words[number]> {
  return { description, type: 'string', enum: words }
}

/** A whole number. */
export function integer(
  description: string,
  rules: About & Pick<JsonSchema, 'minimum' | 'maximum'> = {},
): Shape<number> {
  return { description, type: 'integer', ...rules }
}

/** Any finite number. */
export function number(
  description: string,
  rules: About & Pick<JsonSchema, 'minimum' | 'maximum'> = {},
): Shape<number> {
  return { description, type: 'number', ...rules }
}

/** true or false. */
export function flag(description: string): Shape<boolean> {
  return { description, type: 'boolean' }
}

/** A list. */
export function list<T>(
  description: string,
  items: Shape<T>,
  rules: About & Pick<JsonSchema, 'minItems' | 'maxItems'> = {},
): Shape<readonly T[]> {
  return { description, type: 'array', items, ...rules }
}

/** A map with free keys. */
export function map<T>(description: string, values: Shape<T>, rules: About = {}): Shape<Readonly<Record<string, T>>> {
  return { description, type: 'object', additionalProperties: values, ...rules }
}

/** An object with these properties and no others. */
export function object<Required extends Properties, Optional extends Properties>(
  description: string,
  required: Required,
  optional: Optional,
  rules: About = {},
): Shape<InferObject<Required, Optional>> {
  return {
    description,
    type: 'object',
    properties: { ...required, ...optional },
    required: Object.keys(required),
    additionalProperties: false,
    ...rules,
  }
}

/** Either of two forms that differ in their JSON type, so that one of them can be named in a message. */
export function either<A, B>(description: string, one: Shape<A>, other: Shape<B>): Shape<A | B> {
  return { description, anyOf: [one, other] }
}
