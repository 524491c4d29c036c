// Which property of a descriptor is which XML element: one list per capability, by which it is written and read back.

import { childElements, textOf, type XmlElement } from '../xml/reader.js'
import type { XmlWriter } from '../xml/writer.js'
import type { JsonSchema } from './shape.js'

/** One element, or a list of equal ones; the list of rules is in schema order. */
export interface ElementRule {
  readonly element: string
  /** The property it holds; an element without one only stands around those in `inside`. */
  readonly property?: string
  /** Written when the descriptor says nothing. */
  readonly fallback?: unknown
  /** Rules for what is inside; the property is an object then. */
  readonly inside?: readonly ElementRule[]
}

type Values = Readonly<Record<string, unknown>>

/** Rules whose properties are those of `T`. */
export type RuleFor<T> =
  | {
      [Name in keyof T & string]: ElementRule & {
        readonly property: Name
        readonly fallback?: T[Name]
        readonly inside?: readonly RuleFor<NonNullable<T[Name]>>[]
      }
    }[keyof T & string]
  | { readonly element: string; readonly property?: never; readonly inside: readonly RuleFor<T>[] }

/** A list of rules for one kind of object. */
export function elementRules<T>(rules: readonly RuleFor<T>[]): readonly ElementRule[] {
  return rules
}

/** Writes the elements of an object; what is left out and has no fallback is not written. */
export function writeElements(rules: readonly ElementRule[], values: object, xml: XmlWriter): void {
  const byName: Values = { ...values }
  for (const { element, property, fallback, inside } of rules) {
    if (inside !== undefined && property === undefined) {
      if (inside.some((one) => byName[one.property ?? ''] !== undefined))
        xml.element(element, {}, () => writeElements(inside, values, xml))
      continue
    }
    const value = byName[property ?? ''] ?? fallback
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one === undefined) continue
      if (inside !== undefined && typeof one === 'object' && one !== null)
        xml.element(element, {}, () => writeElements(inside, one, xml))
      else xml.token(element, String(one))
    }
  }
}

/** Reads back what `writeElements` writes. A text that does not fit the property's type is left out. */
export function readElements(rules: readonly ElementRule[], shape: JsonSchema, parent: XmlElement): Values {
  const read: Record<string, unknown> = {}
  for (const { element, property, inside } of rules) {
    const found = childElements(parent, element)
    if (property === undefined) {
      for (const one of found) Object.assign(read, readElements(inside ?? [], shape, one))
      continue
    }
    const own = shape.properties?.[property] ?? {}
    const item = own.type === 'array' ? (own.items ?? {}) : own
    const values = found
      .map((one) => (inside === undefined ? readValue(item, textOf(one)) : readElements(inside, item, one)))
      .filter((value) => value !== undefined)
    if (values.length > 0) read[property] = own.type === 'array' ? values : values[0]
  }
  return read
}

const numberForm = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

/** The text of an element as the shape wants it; undefined when it is nothing of that kind. */
export function readValue(shape: JsonSchema, text: string): string | number | boolean | undefined {
  const token = text.trim().replace(/\s+/g, ' ')
  switch (shape.type) {
    case 'boolean':
      return token === 'true' || token === '1' ? true : token === 'false' || token === '0' ? false : undefined
    case 'number':
    case 'integer':
      return numberForm.test(token) ? Number(token) : undefined
    default:
      return token === '' ? undefined : token
  }
}
