// Resolved tree → Sql; nothing else makes Sql from a user's text. Names are the stored ones in quotation marks.
import { identifier, joinSql, type Sql, sql } from '../core/sql.js'
import type { Schema } from '../tables/metadata.js'
import { aggregateOrder, type UniqueKeys, uniqueKeys } from './aggregate-order.js'
import type { Dialect } from './dialect.js'
import type { Source as QueryText } from './errors.js'
import { narrowing, type Pinned, pinColumns } from './pinned-columns.js'
import type {
  Relation,
  Resolved,
  ResolvedJoin,
  ResolvedOperand,
  ResolvedQuery,
  ResolvedSelect,
  ResolvedSet,
  ResolvedSort,
  Source,
} from './resolved.js'
import { type Translation, translate } from './translate-expressions.js'

export interface TranslateOptions {
  readonly source: QueryText
  readonly schemas: readonly Schema[]
  readonly dialect: Dialect
  /** Most rows that are wanted; absent for all. */
  readonly maxRows?: number
}

export interface Translated {
  readonly sql: Sql
  /** Tables and subqueries of all FROM clauses, and those whose ivoid is known from WHERE. */
  readonly sources: readonly Source[]
  readonly pinned: ReadonlySet<Source>
}

/** The SQL of a whole query. */
export function translateQuery(query: ResolvedQuery, options: TranslateOptions): Translated {
  const translator = new Translator(options)
  return { sql: translator.query(query, options.maxRows), sources: translator.sources, pinned: translator.pinned }
}

class Translator {
  readonly sources: Source[] = []
  readonly pinned = new Set<Source>()
  private readonly keys: UniqueKeys
  private readonly to: Translation

  constructor(private readonly options: TranslateOptions) {
    this.keys = uniqueKeys(options.schemas)
    this.to = { dialect: options.dialect, source: options.source, query: (query) => this.query(query) }
  }

  query(query: ResolvedQuery, maxRows?: number): Sql {
    const parts: Sql[] = []
    if (query.commonTables.length > 0) {
      const tables = query.commonTables.map(
        (table) => sql`${identifier(table.sqlName)} AS (${this.query(table.query)})`,
      )
      parts.push(sql`WITH ${joinSql(tables)}`)
    }
    const { body } = query
    const top = body.kind === 'select' ? body.top : undefined
    parts.push(body.kind === 'select' ? this.select(body) : this.set(body))
    if (query.orderBy.length > 0) parts.push(sql`ORDER BY ${joinSql(query.orderBy.map((sort) => this.sort(sort)))}`)
    // OFFSET comes before TOP (ADQL 2.1 §4.10), as SQL has it with LIMIT.
    const limit = top === undefined ? maxRows : Math.min(top, maxRows ?? top)
    if (limit !== undefined) parts.push(sql`LIMIT ${limit}`)
    if (query.offset !== undefined) parts.push(sql`OFFSET ${query.offset}`)
    return joinSql(parts, ' ')
  }

  private sort(sort: ResolvedSort): Sql {
    const by = typeof sort.by === 'number' ? sql`${sort.by}` : translate(this.to, sort.by)
    return sort.descending ? sql`${by} DESC` : by
  }

  private set(set: ResolvedSet): Sql {
    // All operators of a chain have one precedence, and SQL applies them from left to right, too.
    const parts = [this.operand(set.first)]
    for (const { operator, all, operand } of set.rest) {
      parts.push(sql`${setOperators[operator]}${all ? sql` ALL` : sql``} ${this.operand(operand)}`)
    }
    return joinSql(parts, ' ')
  }

  private operand(operand: ResolvedOperand): Sql {
    if (operand.kind === 'query') return sql`(${this.query(operand)})`
    if (operand.kind === 'set') return sql`(${this.set(operand)})`
    const limit = operand.top === undefined ? sql`` : sql` LIMIT ${operand.top}`
    return sql`(${this.select(operand)}${limit})`
  }

  private select(select: ResolvedSelect): Sql {
    const pinned = pinColumns(select)
    for (const source of pinned.sources) this.pinned.add(source)
    const order = aggregateOrder(select, this.keys)
    const to: Translation =
      order.length === 0 ? this.to : { ...this.to, aggregateOrder: order.map((value) => translate(this.to, value)) }
    const items = select.items.map(
      ({ value, column }) => sql`${translate(to, typed(value))} AS ${identifier(column.sqlName)}`,
    )
    const parts = [sql`SELECT ${select.distinct ? sql`DISTINCT ` : sql``}${joinSql(items)}`]
    parts.push(sql`FROM ${joinSql(select.from.map((relation) => this.relation(relation, pinned)))}`)
    const where = [...(select.where ? [select.where] : []), ...pinned.where]
    if (where.length > 0) {
      const conditions = where.map((term) => translate(to, term))
      parts.push(
        sql`WHERE ${joinSql([...conditions, ...narrowing(where, select.from, this.options.dialect)], ' AND ')}`,
      )
    }
    if (select.groupBy.length > 0) {
      // Engines take a lone literal for a position; one group more or less by a constant is the same.
      const terms = select.groupBy.filter((value) => !literals.has(value.kind))
      parts.push(sql`GROUP BY ${terms.length === 0 ? sql`()` : joinSql(terms.map((value) => translate(to, value)))}`)
    }
    if (select.having) parts.push(sql`HAVING ${translate(to, select.having)}`)
    return joinSql(parts, ' ')
  }

  private relation(relation: Relation, pinned: Pinned): Sql {
    if (relation.kind === 'join') return this.join(relation, pinned)
    this.sources.push(relation)
    const alias = identifier(relation.sqlAlias)
    if (relation.kind === 'derived') return sql`(${this.query(relation.query)}) AS ${alias}`
    const { origin } = relation
    switch (origin.kind) {
      case 'declared':
        return sql`${identifier(origin.table.schema)}.${identifier(origin.table.name)} AS ${alias}`
      case 'upload':
        return sql`${this.options.dialect.uploadTable(origin.name)} AS ${alias}`
      case 'common':
        return sql`${identifier(origin.sqlName)} AS ${alias}`
    }
  }

  private join(join: ResolvedJoin, pinned: Pinned): Sql {
    const left = this.relation(join.left, pinned)
    const right = this.relation(join.right, pinned)
    const on = [...(join.on ? [join.on] : []), ...(pinned.conditions.get(join) ?? [])]
    const conditions = [
      ...join.equalities.map((pair) => sql`(${translate(this.to, pair.left)} = ${translate(this.to, pair.right)})`),
      ...on.map((term) => translate(this.to, term)),
      ...narrowing(on, [join], this.options.dialect),
    ]
    const isCross = conditions.length === 0 && (join.type === 'INNER' || join.type === 'CROSS')
    if (isCross) return sql`(${left} CROSS JOIN ${right})`
    const condition = conditions.length === 0 ? sql`TRUE` : joinSql(conditions, ' AND ')
    return sql`(${left} ${joinTypes[join.type]} ${right} ON ${condition})`
  }
}

/** A lone NULL has no type of its own; PostgreSQL wants one in set operations. */
function typed(value: Resolved): Resolved {
  if (value.kind !== 'null') return value
  const { start, end, meaning } = value
  return { kind: 'cast', operand: value, family: 'text', meaning, start, end }
}

const literals: ReadonlySet<Resolved['kind']> = new Set(['number', 'text', 'null', 'truth'])

const setOperators = { UNION: sql`UNION`, EXCEPT: sql`EXCEPT`, INTERSECT: sql`INTERSECT` } as const

const joinTypes = {
  INNER: sql`INNER JOIN`,
  LEFT: sql`LEFT JOIN`,
  RIGHT: sql`RIGHT JOIN`,
  FULL: sql`FULL JOIN`,
  CROSS: sql`INNER JOIN`,
} as const
