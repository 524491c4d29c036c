// The syntax tree of a query: readonly nodes by kind, each with its place in the text. Chains of one operator are one
// node with many operands, so that no query makes a tree deeper than its parentheses.
import type { Span } from './errors.js'

/** A name as written; a delimited one is compared exactly, a regular one without case (ADQL 2.1 §2.1). */
export interface Name extends Span {
  readonly text: string
  readonly delimited: boolean
}

// --- queries ---

export interface Query extends Span {
  readonly kind: 'query'
  readonly commonTables: readonly CommonTable[]
  readonly body: Select | SetOperation
  readonly orderBy: readonly SortItem[]
  readonly offset?: number
}

/** WITH name AS (query) */
export interface CommonTable extends Span {
  readonly name: Name
  readonly query: Query
}

export type SetOperator = 'UNION' | 'EXCEPT' | 'INTERSECT'

/** A chain of operators of one precedence, applied from left to right. */
export interface SetOperation extends Span {
  readonly kind: 'set'
  readonly first: SetOperand
  readonly rest: readonly { readonly operator: SetOperator; readonly all: boolean; readonly operand: SetOperand }[]
}

/** A parenthesised operand is a query of its own and may be sorted. */
export type SetOperand = Select | SetOperation | Query

export interface Select extends Span {
  readonly kind: 'select'
  readonly distinct: boolean
  readonly top?: number
  readonly items: readonly SelectItem[]
  readonly from: readonly TableReference[]
  readonly where?: Expression
  readonly groupBy: readonly Expression[]
  readonly having?: Expression
}

export type SelectItem =
  | (Span & { readonly kind: 'all' })
  | (Span & { readonly kind: 'allOf'; readonly qualifier: readonly Name[] })
  | (Span & { readonly kind: 'item'; readonly expression: Expression; readonly alias?: Name })

export interface SortItem extends Span {
  readonly by: Expression
  readonly descending: boolean
}

// --- tables ---

export type TableReference = NamedTable | DerivedTable | JoinedTable

export interface NamedTable extends Span {
  readonly kind: 'table'
  /** One to three parts: catalog, schema, table. */
  readonly path: readonly Name[]
  readonly alias?: Name
}

/** A subquery or a parenthesised join that goes by a name. */
export interface DerivedTable extends Span {
  readonly kind: 'derived'
  readonly source: Query | JoinedTable
  readonly alias?: Name
}

export type JoinType = 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'CROSS'

export interface JoinedTable extends Span {
  readonly kind: 'join'
  readonly type: JoinType
  readonly natural: boolean
  readonly left: TableReference
  readonly right: TableReference
  readonly on?: Expression
  readonly using?: readonly Name[]
}

// --- expressions: values and conditions in one family, told apart by the resolver ---

export type Comparison = '=' | '<>' | '<' | '>' | '<=' | '>='

export type Expression = Span &
  (
    | { readonly kind: 'number'; readonly digits: string }
    | { readonly kind: 'text'; readonly value: string }
    | { readonly kind: 'null' }
    | { readonly kind: 'truth'; readonly value: boolean }
    | { readonly kind: 'column'; readonly path: readonly Name[] }
    | {
        readonly kind: 'call'
        readonly name: Name
        readonly args: readonly Expression[]
        /** COUNT(*) */
        readonly star: boolean
        readonly distinct: boolean
      }
    | { readonly kind: 'cast'; readonly operand: Expression; readonly type: CastType }
    | {
        readonly kind: 'case'
        readonly subject?: Expression
        readonly branches: readonly { readonly when: Expression; readonly value: Expression }[]
        readonly otherwise?: Expression
      }
    | { readonly kind: 'sign'; readonly sign: '+' | '-'; readonly operand: Expression }
    | {
        readonly kind: 'sum' | 'product'
        readonly first: Expression
        readonly rest: readonly { readonly operator: '+' | '-' | '*' | '/'; readonly operand: Expression }[]
      }
    | { readonly kind: 'join'; readonly operands: readonly Expression[] }
    | { readonly kind: 'subquery'; readonly query: Query }
    | {
        readonly kind: 'compare'
        readonly operator: Comparison
        readonly left: Expression
        readonly right: Expression
      }
    | {
        readonly kind: 'between'
        readonly negated: boolean
        readonly operand: Expression
        readonly low: Expression
        readonly high: Expression
      }
    | {
        readonly kind: 'in'
        readonly negated: boolean
        readonly operand: Expression
        readonly choices: readonly Expression[] | Query
      }
    | {
        readonly kind: 'like'
        readonly negated: boolean
        readonly caseless: boolean
        readonly operand: Expression
        readonly pattern: Expression
      }
    | { readonly kind: 'isNull'; readonly negated: boolean; readonly operand: Expression }
    | { readonly kind: 'exists'; readonly query: Query }
    | { readonly kind: 'not'; readonly operand: Expression }
    | { readonly kind: 'and' | 'or'; readonly operands: readonly Expression[] }
  )

export type ExpressionOf<Kind extends Expression['kind']> = Extract<Expression, { readonly kind: Kind }>

/** The target of a CAST (ADQL 2.1 §4.7). */
export interface CastType extends Span {
  readonly name:
    | 'SMALLINT'
    | 'INTEGER'
    | 'BIGINT'
    | 'REAL'
    | 'DOUBLE PRECISION'
    | 'CHAR'
    | 'VARCHAR'
    | 'TIMESTAMP'
    | 'POINT'
    | 'CIRCLE'
    | 'POLYGON'
  readonly length?: number
}
