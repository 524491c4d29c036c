// Syntax tree → resolved tree: every name has found its column, every value its type (ADQL 2.1 §2.2).
import { counted } from '../core/counted.js'
import type { Schema } from '../tables/metadata.js'
import type { CommonTable, Expression, Query, Select, SelectItem, SetOperand, SetOperation, SortItem } from './ast.js'
import { familyNames } from './coercion.js'
import { describeColumns, type NamedValue, type TakenNames, uniqueSqlName, writtenName } from './describe.js'
import type { Source } from './errors.js'
import { commonMeaning } from './functions.js'
import { resolveCondition, resolveValue, type Surroundings } from './resolve-expressions.js'
import { checkGrouping, resolveGroups } from './resolve-groups.js'
import { sourcesOf } from './resolve-joins.js'
import { resolveSort, sortByName } from './resolve-sort.js'
import {
  type CommonTableColumns,
  resolveTable,
  type TableNames,
  tablesWithColumn,
  type UploadedTable,
} from './resolve-tables.js'
import type {
  OutputColumn,
  Resolved,
  ResolvedOperand,
  ResolvedQuery,
  ResolvedSelect,
  ResolvedSet,
  ResolvedSort,
} from './resolved.js'
import { findTable, type Scope, type Visible } from './scope.js'

export interface ResolveOptions {
  readonly source: Source
  readonly schemas: readonly Schema[]
  readonly uploads: readonly UploadedTable[]
}

export interface Resolution {
  readonly query: ResolvedQuery
  /** Qualified names of the tables the query reads. */
  readonly tables: readonly string[]
}

/** Finds every column and checks types, argument counts and grouping. Throws AdqlError. */
export function resolveAdql(query: Query, options: ResolveOptions): Resolution {
  const resolver = new Resolver(options)
  return { query: resolver.query(query, undefined), tables: [...resolver.used] }
}

/** A spreadsheet's width; engines slow down long before. */
const columnLimit = 4_000

class Resolver implements TableNames {
  readonly source: Source
  readonly schemas: readonly Schema[]
  readonly uploads: readonly UploadedTable[]
  readonly sqlAliases: TakenNames = new Map()
  readonly used = new Set<string>()
  /** Innermost last. */
  readonly commonTables: CommonTableColumns[] = []

  constructor(options: ResolveOptions) {
    this.source = options.source
    this.schemas = options.schemas
    this.uploads = options.uploads
  }

  readonly resolveQuery = (query: Query, scope: Scope | undefined): ResolvedQuery => this.query(query, scope)

  query(query: Query, parent: Scope | undefined): ResolvedQuery {
    const outside = this.commonTables.length
    const commonTables = query.commonTables.map((table) => this.commonTable(table, query))
    const { body, orderBy } = this.body(query.body, query.orderBy, parent)
    this.commonTables.length = outside
    return {
      kind: 'query',
      commonTables,
      body,
      orderBy,
      ...(query.offset !== undefined && { offset: query.offset }),
      columns: body.columns,
    }
  }

  private commonTable(table: CommonTable, inside: Query): CommonTableColumns {
    const earlier = inside.commonTables.find((one) => one.name.text.toLowerCase() === table.name.text.toLowerCase())
    if (earlier !== table)
      this.source.fail(table.name, `WITH defines ${table.name.text} twice. Give one of them another name.`)
    const query = this.query(table.query, undefined)
    const found = { name: table.name, sqlName: uniqueSqlName(table.name.text, this.sqlAliases), query }
    this.commonTables.push(found)
    return found
  }

  private body(body: Select | SetOperation, orderBy: readonly SortItem[], parent: Scope | undefined) {
    if (body.kind === 'select') return this.select(body, orderBy, parent)
    const set = this.set(body, parent)
    const sorts = orderBy.map((item): ResolvedSort => sortByName(this.source, item, set.columns))
    return { body: set, orderBy: sorts }
  }

  private operand(operand: SetOperand, parent: Scope | undefined): ResolvedOperand {
    if (operand.kind === 'query') return this.query(operand, parent)
    return this.body(operand, [], parent).body
  }

  /** Names and meanings come from the left operand (ADQL 2.1 §4.6). */
  private set(set: SetOperation, parent: Scope | undefined): ResolvedSet {
    const first = this.operand(set.first, parent)
    const rest = set.rest.map((one) => ({ ...one, operand: this.operand(one.operand, parent) }))
    const columns = first.columns.map((column, index): OutputColumn => {
      const types = [column]
      for (const [position, { operand }] of rest.entries()) {
        const other = operand.columns[index]
        const place = set.rest[position]?.operand ?? set
        if (other === undefined || operand.columns.length !== first.columns.length)
          this.source.fail(
            place,
            `This operand has ${counted(operand.columns.length, 'column')}, but the first one has ${first.columns.length}. Set operators need the same number.`,
          )
        const known = types.find((type) => type.family !== 'null')
        if (known && other.family !== 'null' && other.family !== known.family)
          this.source.fail(
            place,
            `Column ${index + 1} (${other.name}) is ${familyNames[other.family]} here, but ${familyNames[known.family]} in the first operand. Set operators need the same types.`,
          )
        types.push(other)
      }
      const common = commonMeaning(
        types.map(({ family, meaning }) => ({ kind: 'null', family, meaning, start: 0, end: 0 })),
      )
      const family = types.find((type) => type.family !== 'null')?.family ?? 'null'
      return { ...column, family, meaning: { ...column.meaning, ...common } }
    })
    return { kind: 'set', first, rest, columns }
  }

  private select(
    select: Select,
    orderBy: readonly SortItem[],
    parent: Scope | undefined,
  ): { body: ResolvedSelect; orderBy: readonly ResolvedSort[] } {
    const parts = select.from.map((reference) => resolveTable(this, reference, parent))
    const from = parts.map((part) => part.relation)
    const scope: Scope = {
      tables: parts.flatMap((part) => part.tables),
      visible: parts.flatMap((part) => part.visible),
      aliases: select.items.flatMap((item) => (item.kind === 'item' && item.alias ? [item.alias.text] : [])),
      elsewhere: (column) => tablesWithColumn(this, column),
      ...(parent && { parent }),
    }
    const around: Surroundings = { source: this.source, scope, resolveQuery: this.resolveQuery }
    const where =
      select.where &&
      resolveCondition(
        { ...around, noAggregates: 'cannot stand in WHERE; HAVING is the place for conditions on groups' },
        select.where,
      )
    const named = select.items.flatMap((item) => this.item(around, item))
    const groupBy = resolveGroups(around, select)
    const having = select.having && resolveCondition(around, select.having)
    if (named.length > columnLimit)
      this.source.fail(
        select,
        `This would be a result of ${counted(named.length, 'column')}; at most ${columnLimit} can be selected.`,
      )
    const columns = describeColumns(named)
    const items = named.map(({ value }, index) => ({ value, column: columns[index] ?? failColumns() }))
    const sorts = orderBy.map((item) => resolveSort(around, item, items, select.distinct))
    checkGrouping(this.source, {
      sources: new Set(from.flatMap(sourcesOf)),
      groupBy,
      values: [
        ...named.map((one) => one.value),
        ...(having ? [having] : []),
        ...sorts.flatMap((sort) => (typeof sort.by === 'number' ? [] : [sort.by])),
      ],
      isGrouped: having !== undefined,
    })
    const body: ResolvedSelect = {
      kind: 'select',
      distinct: select.distinct,
      ...(select.top !== undefined && { top: select.top }),
      items,
      from,
      ...(where && { where }),
      groupBy,
      ...(having && { having }),
      columns,
    }
    return { body, orderBy: sorts }
  }

  private item(around: Surroundings, item: SelectItem): readonly NamedValue[] {
    const { start, end } = item
    const expand = (columns: readonly Visible[]): readonly NamedValue[] =>
      columns.map(({ name, value }): NamedValue => ({ name, value: { ...value, start, end } satisfies Resolved }))
    switch (item.kind) {
      case 'all':
        return expand(around.scope.visible)
      case 'allOf':
        return expand(findTable(this.source, around.scope, item.qualifier, item).columns)
      case 'item': {
        const value = resolveValue(around, item.expression)
        const name = item.alias?.text ?? columnName(item.expression)
        return [{ value, ...(name !== undefined && { name }) }]
      }
    }
  }
}

function columnName(expression: Expression): string | undefined {
  return expression.kind === 'column' ? writtenName(expression.path) : undefined
}

function failColumns(): never {
  throw new RangeError('each value of a select list has a column')
}
