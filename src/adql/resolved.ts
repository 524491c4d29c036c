// The tree after names have found their columns: what the translator turns into SQL. Every value knows its type and,
// where it is a column or close to one, unit, UCD, utype and description.
import type { ColumnDescription, ColumnType, Table } from '../tables/metadata.js'
import type { Comparison, JoinType, SetOperator } from './ast.js'
import type { Span } from './errors.js'
import type { KnownFunction } from './known-function.js'

/** What can be done with a value. */
export type Family =
  | 'number'
  | 'text'
  | 'truth'
  | 'timestamp'
  | 'binary'
  | 'array'
  | 'point'
  | 'circle'
  | 'polygon'
  | 'moc'
  | 'null'

/** Meaning of a value, handed on to the FIELD of a result: all of ColumnDescription but the name. */
export type Meaning = Omit<ColumnDescription, 'name'>

/** A column of one table in FROM, of a derived table, or of a table defined by WITH. */
export interface SourceColumn {
  readonly relation: Source
  /** As stored, or as the subquery calls it: what names are compared with. */
  readonly name: string
  /** What the engine knows it by. */
  readonly sqlName: string
  readonly meaning: Meaning
}

// --- tables ---

/** Something in FROM that has columns and a name of its own in the SQL. */
export type Source = BaseSource | DerivedSource

export interface BaseSource {
  readonly kind: 'base'
  /** Unique in the whole SQL text. */
  readonly sqlAlias: string
  readonly origin:
    | { readonly kind: 'declared'; readonly table: Table }
    | { readonly kind: 'upload'; readonly name: string }
    | { readonly kind: 'common'; readonly sqlName: string }
  readonly columns: readonly SourceColumn[]
}

export interface DerivedSource {
  readonly kind: 'derived'
  readonly sqlAlias: string
  readonly query: ResolvedQuery
  readonly columns: readonly SourceColumn[]
}

export interface ResolvedJoin {
  readonly kind: 'join'
  readonly type: JoinType
  readonly left: Relation
  readonly right: Relation
  /** Pairs of values that must be equal: NATURAL, USING, and equalities of columns in ON. */
  readonly equalities: readonly { readonly left: Resolved; readonly right: Resolved }[]
  /** The rest of ON. */
  readonly on?: Resolved
}

export type Relation = Source | ResolvedJoin

// --- values and conditions ---

export interface Typed extends Span {
  readonly family: Family
  readonly meaning: Meaning
}

export type Resolved = Typed &
  (
    | { readonly kind: 'number'; readonly digits: string }
    | { readonly kind: 'text'; readonly value: string }
    | { readonly kind: 'null' }
    | { readonly kind: 'truth'; readonly value: boolean }
    | { readonly kind: 'column'; readonly column: SourceColumn }
    /** A column merged by a FULL join: the first that is not NULL. */
    | { readonly kind: 'merged'; readonly choices: readonly Resolved[] }
    | { readonly kind: 'call'; readonly called: KnownFunction; readonly args: readonly Resolved[] }
    | {
        readonly kind: 'aggregate'
        readonly called: KnownFunction
        readonly args: readonly Resolved[]
        readonly star: boolean
        readonly distinct: boolean
      }
    | { readonly kind: 'cast'; readonly operand: Resolved; readonly length?: number }
    | {
        readonly kind: 'case'
        readonly subject?: Resolved
        readonly branches: readonly { readonly when: Resolved; readonly value: Resolved }[]
        readonly otherwise?: Resolved
      }
    | { readonly kind: 'sign'; readonly sign: '+' | '-'; readonly operand: Resolved }
    | {
        readonly kind: 'sum' | 'product'
        readonly first: Resolved
        readonly rest: readonly { readonly operator: '+' | '-' | '*' | '/'; readonly operand: Resolved }[]
      }
    | { readonly kind: 'join'; readonly operands: readonly Resolved[] }
    | { readonly kind: 'subquery'; readonly query: ResolvedQuery }
    /** 1 if the condition is true, else 0: a function like ivo_hasword used as a value. */
    | { readonly kind: 'indicator'; readonly condition: Resolved }
    | {
        readonly kind: 'compare'
        readonly operator: Comparison
        readonly left: Resolved
        readonly right: Resolved
      }
    | {
        readonly kind: 'between'
        readonly negated: boolean
        readonly operand: Resolved
        readonly low: Resolved
        readonly high: Resolved
      }
    | {
        readonly kind: 'in'
        readonly negated: boolean
        readonly operand: Resolved
        readonly choices: readonly Resolved[] | ResolvedQuery
      }
    | {
        readonly kind: 'like'
        readonly negated: boolean
        readonly caseless: boolean
        readonly operand: Resolved
        readonly pattern: Resolved
      }
    | { readonly kind: 'isNull'; readonly negated: boolean; readonly operand: Resolved }
    | { readonly kind: 'exists'; readonly query: ResolvedQuery }
    | { readonly kind: 'not'; readonly operand: Resolved }
    /** NOT that takes unknown for false: 0 = ivo_hasword(NULL, 'x') is true. */
    | { readonly kind: 'untrue'; readonly operand: Resolved }
    | { readonly kind: 'and' | 'or'; readonly operands: readonly Resolved[] }
  )

export type ResolvedOf<Kind extends Resolved['kind']> = Extract<Resolved, { readonly kind: Kind }>

// --- queries ---

/** A column of a result: `name` as the query wrote it, `sqlName` unique among its neighbours. */
export interface OutputColumn {
  readonly name: string
  readonly sqlName: string
  readonly family: Family
  readonly meaning: Meaning
}

export interface ResolvedQuery {
  readonly kind: 'query'
  readonly commonTables: readonly { readonly sqlName: string; readonly query: ResolvedQuery }[]
  readonly body: ResolvedSelect | ResolvedSet
  readonly orderBy: readonly ResolvedSort[]
  readonly offset?: number
  readonly columns: readonly OutputColumn[]
}

export interface ResolvedSet {
  readonly kind: 'set'
  readonly first: ResolvedOperand
  readonly rest: readonly { readonly operator: SetOperator; readonly all: boolean; readonly operand: ResolvedOperand }[]
  readonly columns: readonly OutputColumn[]
}

export type ResolvedOperand = ResolvedSelect | ResolvedSet | ResolvedQuery

export interface ResolvedSelect {
  readonly kind: 'select'
  readonly distinct: boolean
  readonly top?: number
  readonly items: readonly { readonly value: Resolved; readonly column: OutputColumn }[]
  readonly from: readonly Relation[]
  readonly where?: Resolved
  readonly groupBy: readonly Resolved[]
  readonly having?: Resolved
  readonly columns: readonly OutputColumn[]
}

/** By position in the select list, counted from 1, or by a value. */
export interface ResolvedSort {
  readonly by: number | Resolved
  readonly descending: boolean
}

// --- types ---

const numbers: ReadonlySet<string> = new Set(['unsignedByte', 'short', 'int', 'long', 'float', 'double'])

/** VOTable type → family. */
export function familyOf(type: ColumnType): Family {
  switch (type.xtype) {
    case 'timestamp':
    case 'point':
    case 'circle':
    case 'polygon':
    case 'moc':
      return type.xtype
  }
  const isArray = type.arraysize !== undefined && type.arraysize !== '1'
  if (type.datatype === 'char' || type.datatype === 'unicodeChar') return 'text'
  if (type.datatype === 'unsignedByte' && isArray) return 'binary'
  if (isArray) return 'array'
  if (type.datatype === 'boolean') return 'truth'
  return numbers.has(type.datatype) ? 'number' : 'array'
}

export const whole: Meaning = { datatype: 'int' }
export const long: Meaning = { datatype: 'long' }
export const double: Meaning = { datatype: 'double' }
export const truth: Meaning = { datatype: 'boolean' }

/** A number in the unit that a text literal names. */
export function inLiteralUnit(unit: Resolved | undefined): Meaning {
  return unit?.kind === 'text' && unit.value !== '' ? { ...double, unit: unit.value } : double
}

/** Text without characters outside ASCII may be `char`, all other needs `unicodeChar` (VOTable 1.5 §2.1). */
export function textMeaning(isAscii: boolean): Meaning {
  return { datatype: isAscii ? 'char' : 'unicodeChar', arraysize: '*' }
}

const ranks = ['unsignedByte', 'short', 'int', 'long', 'float', 'double'] as const

/** The number type that holds both; integers beside float make double. */
export function widest(types: readonly ColumnType[]): Meaning {
  let rank = 0
  for (const type of types) rank = Math.max(rank, (ranks as readonly string[]).indexOf(type.datatype))
  if (ranks[rank] === 'float' && types.some((type) => type.datatype !== 'float')) rank = ranks.length - 1
  return { datatype: ranks[rank] ?? 'double' }
}
