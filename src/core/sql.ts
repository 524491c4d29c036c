// SQL text that can be trusted. An engine accepts nothing but `Sql`, and only this file makes it: from templates in
// our own code, with every value quoted on the way in. A stranger's text can become a literal, never syntax.
//
// Values are written as literals, not as bound parameters: `COALESCE(x, $1)` in SELECT and `COALESCE(x, $2)` in
// GROUP BY are different expressions to an engine, and constants that it can see are folded and pushed down.

/** A cell of a result or of a table to be loaded. */
export type Value = null | boolean | number | bigint | string | Uint8Array | readonly number[]

/** One row, its cells in the order of the columns stated beside it. */
export type Row = readonly Value[]

/** What may stand in a template: finished SQL, or a value that becomes a literal. */
export type SqlPart = Sql | null | boolean | number | bigint | string

const maker = Symbol('maker of Sql')

/** Finished SQL text. Made by `sql`, `identifier`, `literal`, `numeral`, `sqlParameter` and `joinSql` only; `sqlFromThread` takes it over. */
export class Sql {
  constructor(
    key: typeof maker,
    readonly text: string,
  ) {
    if (key !== maker) throw new TypeError('Sql is made with the sql template, never directly.')
  }
  toString(): string {
    return this.text
  }
}

/** Our own SQL with values: sql`SELECT ${identifier(name)} FROM t WHERE ivoid = ${ivoid}`. */
export function sql(strings: TemplateStringsArray, ...parts: readonly SqlPart[]): Sql {
  let text = strings[0] ?? ''
  let next = 1
  for (const part of parts) {
    text += part instanceof Sql ? part.text : literalText(part)
    text += strings[next++] ?? ''
  }
  return new Sql(maker, text)
}

/** A delimited identifier: `size` → `"size"`. */
export function identifier(name: string): Sql {
  const safe = /["\0]/.test(name) ? name.replaceAll('"', '""').replaceAll('\0', '') : name
  return new Sql(maker, `"${safe}"`)
}

/** A value as literal. Both engines read `''` as the only escape in a string and take no NUL. */
export function literal(value: null | boolean | number | bigint | string): Sql {
  return new Sql(maker, literalText(value))
}

/** Digits as the user wrote them (`1.`, `.5`, `3.2e-19`), so that no precision is lost. Throws on anything else. */
export function numeral(digits: string): Sql {
  if (!/^(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(digits))
    throw new TypeError(`not an unsigned number: ${digits.slice(0, 40)}`)
  // `1.` and `.5` are ADQL but not SQL everywhere.
  return new Sql(maker, digits.replace(/^\./, '0.').replace(/\.(?=$|[eE])/, '.0'))
}

/** `$1`: the place of a value that is bound, for values of megabytes, which parsing would look through. */
export function sqlParameter(number: number): Sql {
  return new Sql(maker, `$${number}`)
}

/** Parts one after the other with a separator of our own between them. */
export function joinSql(parts: readonly Sql[], separator = ', '): Sql {
  return new Sql(maker, parts.map((part) => part.text).join(separator))
}

/** SQL that a thread of ours has made with the functions of this file, as it comes out of a message. Nothing else may be given. */
export function sqlFromThread(text: string): Sql {
  return new Sql(maker, text)
}

function literalText(value: null | boolean | number | bigint | string): string {
  if (value === null) return 'NULL'
  if (typeof value === 'string') return `'${value.replaceAll("'", "''").replaceAll('\0', '')}'`
  if (typeof value === 'number') return numberText(value)
  // Parentheses keep a minus sign from meeting another one, which would start a comment.
  return typeof value === 'bigint' && value < 0n ? `(${value})` : String(value).toUpperCase()
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return value < 0 ? `(${value})` : String(value)
  return `CAST('${Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity'}' AS DOUBLE PRECISION)`
}
