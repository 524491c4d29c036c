// A table declaration → a function from an element of a record to a row: the columns' utypes say where values stand,
// their types and flags how they are kept (RegTAP 1.2 §4, §6).
import type { Row, Value } from '../core/sql.js'
import type { Column, Table } from '../tables/metadata.js'
import type { XmlElement } from '../xml/reader.js'
import { cleanText, hashJoin, integerValue, lowerCase, numberValue, timestampText } from './normalize.js'
import { canonicalTypeName } from './type-names.js'
import { descend, type ElementPath, parseUtypes, readAttribute, type ValueFinder, valueFinder } from './xpath.js'

/** Values that no xpath can give: indexes, flags, joined names. By column name; they win over the xpath. */
export type GivenValues = Readonly<Record<string, Value>>

export type RowMapper = (path: ElementPath, given?: GivenValues) => Row

/** Changes a term before it is stored: deprecated vocabulary terms become present ones (RegTAP 1.2 §4.5). */
export type TermReplacers = Readonly<Record<string, (term: string) => string>>

type Cell = (path: ElementPath, given: GivenValues) => Value

/**
 * The mapper for rows of `table` made of elements at `rowPath` (`/tableset/schema/table`). Columns without utype are
 * NULL unless given.
 */
export function rowMapper(table: Table, rowPath: string, replacers: TermReplacers = {}): RowMapper {
  const rowSteps = rowPath.split('/').filter((step) => step !== '')
  const cells = table.columns.map((column) => cellOf(table, column, rowSteps, replacers[column.name]))
  const nothing: GivenValues = {}
  return (path, given = nothing) => cells.map((cell) => cell(path, given))
}

function cellOf(
  table: Table,
  column: Column,
  rowSteps: readonly string[],
  replace: ((term: string) => string) | undefined,
): Cell {
  const find = column.utype === undefined ? undefined : finderOf(table, column.utype, rowSteps)
  const fromXml: (path: ElementPath) => Value =
    find === undefined ? () => null : (path) => cellValue(column, find(path), replace)
  return (path, given) => {
    const value = given[column.name]
    return value === undefined ? fromXml(path) : value
  }
}

/** Of several alternative paths, the one that runs along the row's own path. */
function finderOf(table: Table, utype: string, rowSteps: readonly string[]): ValueFinder {
  const alternatives = parseUtypes(table.utype, utype)
  const fitting =
    alternatives.find((xpath) => rowSteps.every((step, index) => xpath.steps[index] === step)) ?? alternatives[0]
  if (fitting === undefined) throw new TypeError(`the utype ${utype} of ${table.name} names no path`)
  if (fitting.attribute === 'xsi:type') return typeFinder(fitting.steps, rowSteps)
  return valueFinder(fitting, rowSteps)
}

/** xsi:type holds a QName, which only the bindings of its own element explain. */
function typeFinder(steps: readonly string[], rowSteps: readonly string[]): ValueFinder {
  const elementOf = (path: ElementPath): readonly XmlElement[] => {
    const shared = Math.min(rowSteps.length, steps.length)
    const start = path[shared]
    return start === undefined ? [] : descend([start], steps.slice(shared))
  }
  return (path) => {
    const element = elementOf(path)[0]
    const written = element === undefined ? undefined : cleanText(readAttribute(element, 'xsi:type'))
    return element === undefined || written === undefined || written === null
      ? []
      : [canonicalTypeName(written, element.scope)]
  }
}

/** The values found for a column → what is stored. Without `#` the first one counts. */
export function cellValue(column: Column, found: readonly string[], replace?: (term: string) => string): Value {
  const values = replace === undefined ? found : found.map((value) => replace(value.trim()))
  if (column.hashSeparated) return cased(column, hashJoin(values))
  const first = values[0]
  if (first === undefined) return null
  if (column.xtype === 'timestamp') return timestampText(first)
  switch (column.datatype) {
    case 'double':
    case 'float':
      return numberValue(first)
    case 'int':
    case 'short':
      return integerValue(first)
    default:
      return cased(column, cleanText(first))
  }
}

function cased(column: Column, text: string | null): string | null {
  return column.lowercase ? lowerCase(text) : text
}
