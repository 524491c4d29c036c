// Resolved tree → Sql; nothing else makes Sql from a user's text. Names are the stored ones in quotation marks.
import { identifier, joinSql, literal, type Sql, sql } from '../core/sql.js'
import type { Schema } from '../tables/metadata.js'
import { type JoinedValues, joinedValues, type UniqueKeys, uniqueKeys } from './aggregate-order.js'
import { baseTable, chosenRows, quickConditions, quickRows } from './chosen-rows.js'
import type { Dialect } from './dialect.js'
import type { Source as QueryText } from './errors.js'
import { groupedByJoin } from './grouped-join.js'
import { hasRepeatedTexts, isLateItem, joinedItem, type LateColumns, lateColumns } from './late-columns.js'
import { narrowing, type Pinned, pinColumns } from './pinned-columns.js'
import { sourcesOf } from './resolve-joins.js'
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
import { planSearch, type SearchPlan } from './search-plan.js'
import { columnSql, joinedTexts, type Translation, translate } from './translate-expressions.js'
import { equalPair, twinOf } from './twin-columns.js'
import { keyOf, someOf } from './walk.js'
import { resourcesWithWords } from './word-search.js'

export interface TranslateOptions {
  readonly source: QueryText
  readonly schemas: readonly Schema[]
  readonly dialect: Dialect
  /** Most rows that are wanted; absent for all. */
  readonly maxRows?: number
  /** As the query says it, without what only makes it faster: what answers are compared with. */
  readonly isPlain?: boolean
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
  private readonly grouped = new Set<Source>()
  private readonly plans: boolean
  private readonly to: Translation

  constructor(private readonly options: TranslateOptions) {
    this.keys = uniqueKeys(options.schemas)
    this.plans = options.isPlain !== true
    this.to = {
      dialect: this.plans ? options.dialect : withoutTwins(options.dialect),
      source: options.source,
      grouped: this.grouped,
      query: (query) => this.query(query),
      members: (query) => this.query(query, undefined, this.plans),
    }
  }

  /** `isSet`: only what is in the answer matters, not how often. */
  query(query: ResolvedQuery, maxRows?: number, isSet = false): Sql {
    const parts: Sql[] = []
    if (query.commonTables.length > 0) {
      const tables = query.commonTables.map(
        (table) => sql`${identifier(table.sqlName)} AS (${this.query(table.query)})`,
      )
      parts.push(sql`WITH ${joinSql(tables)}`)
    }
    const { body } = query
    const top = body.kind === 'select' ? body.top : undefined
    // A limit counts rows.
    const isPlainSet = isSet && top === undefined && query.offset === undefined
    const isSortedByItems = query.orderBy.every(({ by }) => typeof by === 'number')
    parts.push(
      body.kind === 'select' ? this.select(body, { isSet: isPlainSet, isSortedByItems }) : this.set(body, isPlainSet),
    )
    if (query.orderBy.length > 0) {
      const sorts = (): Sql => joinSql(query.orderBy.map((sort) => this.sort(sort)))
      parts.push(sql`ORDER BY ${body.kind === 'select' ? this.inGroups(body, sorts) : sorts()}`)
    }
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

  private set(set: ResolvedSet, isSet = false): Sql {
    // All operators of a chain have one precedence, and SQL applies them from left to right, too.
    const isUnion = isSet && set.rest.every(({ operator }) => operator === 'UNION')
    const parts = [this.operand(set.first, isUnion)]
    for (const { operator, all, operand } of set.rest) {
      const keepsAll = all || isUnion
      parts.push(sql`${setOperators[operator]}${keepsAll ? sql` ALL` : sql``} ${this.operand(operand, isUnion)}`)
    }
    return joinSql(parts, ' ')
  }

  private operand(operand: ResolvedOperand, isSet: boolean): Sql {
    if (operand.kind === 'query') return sql`(${this.query(operand, undefined, isSet)})`
    if (operand.kind === 'set') return sql`(${this.set(operand, isSet)})`
    const isPlainSet = isSet && operand.top === undefined
    const limit = operand.top === undefined ? sql`` : sql` LIMIT ${operand.top}`
    return sql`(${this.select(operand, { isSet: isPlainSet, isSortedByItems: true })}${limit})`
  }

  private select(select: ResolvedSelect, { isSet, isSortedByItems }: SelectUse): Sql {
    const words = this.plans ? this.wordsOnly(select) : undefined
    if (words !== undefined) return words
    const pinned = pinColumns(select)
    for (const source of pinned.sources) this.pinned.add(source)
    const joined = joinedValues(select, this.keys)
    const { order, texts } = joined
    const inOrder = (values: readonly Resolved[]) => values.map((value) => translate(this.to, value))
    const to: Translation =
      texts.length === 0 ? this.to : { ...this.to, joined: { order: inOrder(order), texts: inOrder(texts) } }
    // Few rows of known resources are joined as they are.
    const isPlanned = this.plans && pinned.sources.size === 0
    const plan = isPlanned ? planSearch(select) : undefined
    const joining: Joining = { pinned, plan, quick: isPlanned ? quickConditions(this.to, select) : new Map() }
    const late = isPlanned && isSortedByItems ? lateColumns(select, this.keys) : undefined
    const distinct = select.distinct && !isSet ? sql`DISTINCT ` : sql``
    if (late !== undefined) return sql`SELECT ${distinct}${this.lateSelect(select, late, joining, to, joined)}`
    const items = this.inGroups(select, () =>
      select.items.map(({ value, column }) => sql`${translate(to, typed(value))} AS ${identifier(column.sqlName)}`),
    )
    return sql`SELECT ${distinct}${joinSql(items)} ${this.rows(select, select.groupBy, joining, to)}`
  }

  /** Translates what stands behind GROUP BY, if the rows are grouped. */
  private inGroups<Found>(select: ResolvedSelect, work: () => Found): Found {
    const sources = isGrouped(select) ? select.from.flatMap(sourcesOf) : []
    for (const source of sources) this.grouped.add(source)
    const found = work()
    for (const source of sources) this.grouped.delete(source)
    return found
  }

  /** FROM and what follows. */
  private rows(select: ResolvedSelect, groupBy: readonly Resolved[], joining: Joining, to: Translation): Sql {
    const { pinned, plan } = joining
    const parts = [sql`FROM ${joinSql(select.from.map((relation) => this.relation(relation, joining)))}`]
    const own = plan?.rest ?? (select.where ? [select.where] : [])
    const where = [...own, ...pinned.where]
    if (where.length > 0) {
      const conditions = where.map((term) => translate(to, term))
      parts.push(
        sql`WHERE ${joinSql([...conditions, ...narrowing(where, select.from, this.options.dialect)], ' AND ')}`,
      )
    }
    if (groupBy.length > 0) {
      // Engines take a lone literal for a position; one group more or less by a constant is the same.
      const terms = groupBy.filter((value) => !literals.has(value.kind))
      parts.push(sql`GROUP BY ${terms.length === 0 ? sql`()` : joinSql(terms.map((value) => translate(to, value)))}`)
    }
    const { having } = select
    if (having) parts.push(sql`HAVING ${this.inGroups(select, () => translate(to, having))}`)
    return joinSql(parts, ' ')
  }

  /** What follows SELECT [DISTINCT] where a table's columns are joined to groups of its keys. */
  private lateSelect(
    select: ResolvedSelect,
    late: LateColumns,
    joining: Joining,
    to: Translation,
    joined: JoinedValues,
  ): Sql {
    const { source } = late
    const grouping = this.quickGroups(late)
    const { keys } = grouping
    // A name that no query can give.
    const groups = identifier(`${source.sqlAlias} in groups`)
    const counted = hasRepeatedTexts(select, late, joined)
      ? this.countedRows(select, grouping, joining, joined)
      : undefined
    const inner = keys.map((key, index) => {
      const name = identifier(`k${index}`)
      return sql`${counted ? name : columnSql(key)} AS ${name}`
    })
    const inGroups = counted?.to ?? to
    const steps = inGroups.dialect.joinedTexts
    const rowsName = identifier('rows')
    if (steps && inGroups.joined && select.items.some(({ value }) => joinedItem(value)))
      inner.push(sql`${steps.rows(inGroups.joined)} AS ${rowsName}`)
    const outerItem = ({ value, column }: ResolvedSelect['items'][number], index: number): Sql => {
      const name = identifier(column.sqlName)
      if (isLateItem(value, late)) return sql`${columnSql(value.column)} AS ${name}`
      const item = joinedItem(value)
      const text = item && (counted?.nameOf(item.text) ?? translate(inGroups, item.text))
      // The long texts are made when a group is put out, and need not be carried through the join.
      if (steps && inGroups.joined && item && text)
        return sql`COALESCE(${steps.text(sql`${groups}.${rowsName}`, text, literal(item.delimiter), inGroups.joined)}, '') AS ${name}`
      const found = item && text ? joinedTexts(inGroups, text, literal(item.delimiter)) : translate(to, typed(value))
      inner.push(sql`${found} AS ${identifier(`v${index}`)}`)
      return sql`${groups}.${identifier(`v${index}`)} AS ${name}`
    }
    const outer = this.inGroups(select, () => select.items.map(outerItem))
    const same = keys.map((key, index) => sql`(${columnSql(key)} = ${groups}.${identifier(`k${index}`)})`)
    const rows = sql`SELECT ${joinSql(inner)} ${counted?.rows ?? this.rows(select, grouping.groupBy, joining, to)}`
    return sql`${joinSql(outer)} FROM (${rows}) AS ${groups} INNER JOIN ${baseTable(this.to, source)} ON ${joinSql(same, ' AND ')}`
  }

  /** The same groups by the twins of their keys, where nothing else needs these. */
  private quickGroups(late: LateColumns): LateColumns {
    if (late.areKeysRead) return late
    const twins = new Map(late.keys.map((key) => [key, twinOf(this.to, key) ?? key]))
    const groupBy = late.groupBy.map((value) => {
      const twin = value.kind === 'column' ? twins.get(value.column) : undefined
      return twin && value.kind === 'column' ? { ...value, column: twin } : value
    })
    return { ...late, keys: [...twins.values()], groupBy }
  }

  /**
   * As `rows`, where the same texts come again and again in a group: each is counted first, then joined as often. Gives
   * FROM with what follows, and what the texts are called there.
   */
  private countedRows(
    select: ResolvedSelect,
    { keys, groupBy }: LateColumns,
    joining: Joining,
    { order, texts }: JoinedValues,
  ): { readonly rows: Sql; readonly to: Translation; readonly nameOf: (text: Resolved) => Sql } {
    const values = [...order, ...texts]
    const columns = [
      ...keys.map((key, index) => sql`${columnSql(key)} AS ${identifier(`k${index}`)}`),
      ...values.map((value, index) => sql`${translate(this.to, typed(value))} AS ${identifier(`t${index}`)}`),
    ]
    const nameOf = new Map(values.map((value, index) => [keyOf(value), identifier(`t${index}`)]))
    const names = (some: readonly Resolved[]) => some.map((value) => nameOf.get(keyOf(value)) ?? sql`NULL`)
    const to: Translation = {
      ...this.to,
      joined: { order: names(order), texts: names(texts), times: identifier('times') },
    }
    const inner = sql`SELECT ${joinSql(columns)}, count(*) AS "times" ${this.rows(select, [...groupBy, ...values], joining, this.to)}`
    const groups = keys.map((_, index) => identifier(`k${index}`))
    return {
      rows: sql`FROM (${inner}) AS "counted" GROUP BY ${joinSql(groups)}`,
      to,
      nameOf: (text) => joinSql(names([text])),
    }
  }

  /** A search for resources by words alone is answered by the table of words alone. */
  private wordsOnly({ items, from, where, groupBy, having }: ResolvedSelect): Sql | undefined {
    const [item, ...others] = items
    const [source] = from
    if (where === undefined || item === undefined || others.length > 0 || groupBy.length > 0 || having) return undefined
    if (item.value.kind !== 'column' || item.value.column.name !== 'ivoid') return undefined
    const { sqlName } = item.value.column
    const found = resourcesWithWords(this.to, where, sqlName)
    if (found === undefined || source?.kind !== 'base' || from.length > 1) return undefined
    this.sources.push(source)
    const name = identifier('found')
    return sql`SELECT ${name}.${identifier(sqlName)} AS ${identifier(item.column.sqlName)} FROM (${found}) AS ${name}`
  }

  private relation(relation: Relation, joining: Joining): Sql {
    if (relation.kind === 'join') return this.join(relation, joining)
    this.sources.push(relation)
    if (relation.kind === 'derived') return sql`(${this.query(relation.query)}) AS ${identifier(relation.sqlAlias)}`
    if (joining.plan?.first === relation) return chosenRows(this.to, joining.plan)
    const quick = joining.quick.get(relation)
    return quick === undefined ? baseTable(this.to, relation) : quickRows(this.to, relation, quick)
  }

  private join(join: ResolvedJoin, joining: Joining): Sql {
    const left = this.relation(join.left, joining)
    const right = this.rightSide(join, joining)
    const on = [...(join.on ? [join.on] : []), ...(joining.pinned.conditions.get(join) ?? [])]
    const conditions = [
      ...join.equalities.map((pair) => {
        const [left, right] = equalPair(this.to, pair.left, pair.right)
        return sql`(${translate(this.to, left)} = ${translate(this.to, right)})`
      }),
      ...on.map((term) => translate(this.to, term)),
      ...narrowing(on, [join], this.options.dialect),
    ]
    const isCross = conditions.length === 0 && (join.type === 'INNER' || join.type === 'CROSS')
    if (isCross) return sql`(${left} CROSS JOIN ${right})`
    const condition = conditions.length === 0 ? sql`TRUE` : joinSql(conditions, ' AND ')
    return sql`(${left} ${joinTypes[join.type]} ${right} ON ${condition})`
  }

  /** Where few rows are looked for on the left, a subquery in groups is computed for these alone. */
  private rightSide(join: ResolvedJoin, joining: Joining): Sql {
    const query = joining.plan === undefined ? undefined : groupedByJoin(join)
    if (query === undefined || join.right.kind !== 'derived') return this.relation(join.right, joining)
    this.sources.push(join.right)
    return sql`LATERAL (${this.query(query)}) AS ${identifier(join.right.sqlAlias)}`
  }
}

interface SelectUse {
  readonly isSet: boolean
  /** ORDER BY, if there is one, names items by position. */
  readonly isSortedByItems: boolean
}

/** What the joins of one SELECT are told. */
interface Joining {
  readonly pinned: Pinned
  readonly plan: SearchPlan | undefined
  readonly quick: ReadonlyMap<Source, readonly Sql[]>
}

/** A lone NULL has no type of its own; PostgreSQL wants one in set operations. */
function typed(value: Resolved): Resolved {
  if (value.kind !== 'null') return value
  const { start, end, meaning } = value
  return { kind: 'cast', operand: value, family: 'text', meaning, start, end }
}

function withoutTwins({ twin: _, ...dialect }: Dialect): Dialect {
  return dialect
}

/** One row of the answer for each group; without GROUP BY, aggregates make one of all rows. */
function isGrouped({ groupBy, having, items }: ResolvedSelect): boolean {
  return (
    groupBy.length > 0 ||
    having !== undefined ||
    items.some(({ value }) => someOf(value, (part) => part.kind === 'aggregate'))
  )
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
