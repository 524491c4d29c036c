// Names, UCDs, units and keys of tables and columns (VODataService 1.2 §3.3 to §3.5; M-030 to M-035, S-022).
import { reservedWords } from '../../adql/words.js'
import type { TablesetTable } from '../tableset.js'
import { UcdChecker } from '../ucd.js'
import { UnitChecker } from '../unit.js'
import { partsOf, quoted, type Report, type ResourceRule } from './rule.js'

/** Schema and table names are unique, columns are unique in their table, keys lead somewhere, names work in ADQL. */
export const tableNames: ResourceRule = (descriptor, report) => {
  const { tableset } = partsOf(descriptor)
  const tables = new Map<string, TablesetTable>()
  const schemas = new Set<string>()
  for (const [s, schema] of (tableset?.schemas ?? []).entries()) {
    checkUnique(schemas, schema.name, 'schema', `/tableset/schemas/${s}/name`, report)
    for (const [t, table] of (schema.tables ?? []).entries()) {
      const pointer = `/tableset/schemas/${s}/tables/${t}`
      checkUnique(tables, table.name, 'table', `${pointer}/name`, report)
      tables.set(foldName(table.name), table)
      checkAdqlName(table.name, 'table', `${pointer}/name`, report)
      const columns = new Set<string>()
      for (const [c, column] of (table.columns ?? []).entries()) {
        checkUnique(columns, column.name, 'column', `${pointer}/columns/${c}/name`, report)
        columns.add(foldName(column.name))
        checkAdqlName(column.name, 'column', `${pointer}/columns/${c}/name`, report)
      }
    }
    schemas.add(foldName(schema.name))
  }
  for (const [s, schema] of (tableset?.schemas ?? []).entries()) {
    for (const [t, table] of (schema.tables ?? []).entries())
      checkKeys(table, tables, `/tableset/schemas/${s}/tables/${t}/foreignKeys`, report)
  }
}

/** UCDs are made of UCD1+ words, units follow VOUnits, scalars have no arraysize (S-021). */
export function columnMetadata(): ResourceRule {
  const words: Words = { ucds: new UcdChecker(), units: new UnitChecker() }
  return (descriptor, report) => {
    for (const [s, schema] of (partsOf(descriptor).tableset?.schemas ?? []).entries()) {
      for (const [t, table] of (schema.tables ?? []).entries()) {
        for (const [c, column] of (table.columns ?? []).entries()) {
          const pointer = `/tableset/schemas/${s}/tables/${t}/columns/${c}`
          checkMeaning(column, pointer, words, report)
          if (column.arraysize === '1')
            report({
              pointer: `${pointer}/arraysize`,
              rule: 'arraysize',
              severity: 'warning',
              message: `${column.name} has arraysize 1`,
              hint: 'leave arraysize out for scalars',
            })
        }
      }
    }
    for (const [p, param] of inputParams(descriptor)) checkMeaning(param, p, words, report)
  }
}

interface Words {
  readonly ucds: UcdChecker
  readonly units: UnitChecker
}

function checkMeaning(
  column: { readonly name: string; readonly ucd?: string; readonly unit?: string },
  pointer: string,
  { ucds, units }: Words,
  report: Report,
): void {
  if (column.ucd !== undefined) {
    for (const { rule, severity, message, hint } of ucds.check(column.ucd))
      report({ pointer: `${pointer}/ucd`, rule, severity, message: `${column.name}: ${message}`, hint })
  }
  if (column.unit === undefined) return
  const fault = units.check(column.unit)
  if (fault !== undefined)
    report({
      pointer: `${pointer}/unit`,
      rule: fault.rule,
      severity: 'warning',
      message: `${column.name}: ${fault.message}`,
      hint: fault.hint,
    })
}

function* inputParams(descriptor: Parameters<ResourceRule>[0]) {
  for (const [c, capability] of partsOf(descriptor).capabilities.entries()) {
    for (const [i, one] of (capability.interfaces ?? []).entries()) {
      for (const [p, param] of (one.params ?? []).entries())
        yield [`/capabilities/${c}/interfaces/${i}/params/${p}`, param] as const
    }
  }
}

function checkKeys(
  table: TablesetTable,
  tables: ReadonlyMap<string, TablesetTable>,
  pointer: string,
  report: Report,
): void {
  for (const [k, key] of (table.foreignKeys ?? []).entries()) {
    const target = tables.get(foldName(key.targetTable))
    if (target === undefined) {
      report({
        pointer: `${pointer}/${k}/targetTable`,
        rule: 'foreign-key',
        severity: 'error',
        message: `the tableset has no table ${quoted(key.targetTable)}`,
        hint: 'a key leads to a table of the same tableset, named as there',
      })
      continue
    }
    for (const [c, pair] of key.columns.entries()) {
      for (const [side, name, where] of [
        ['from', pair.from, table],
        ['target', pair.target, target],
      ] as const) {
        if (where.columns?.some((column) => foldName(column.name) === foldName(name)) !== false) continue
        report({
          pointer: `${pointer}/${k}/columns/${c}/${side}`,
          rule: 'foreign-key',
          severity: 'error',
          message: `${where.name} has no column ${quoted(name)}`,
          hint: 'name the columns as they are declared',
        })
      }
    }
  }
}

function checkUnique(
  names: { has(name: string): boolean },
  name: string,
  what: 'schema' | 'table' | 'column',
  pointer: string,
  report: Report,
): void {
  if (!names.has(foldName(name))) return
  const scope = what === 'column' ? 'table' : 'tableset'
  report({
    pointer,
    rule: `${what}-unique`,
    severity: 'error',
    message: `there is a second ${what} ${quoted(name)} in the ${scope}`,
    hint: what === 'table' ? 'write table names with their schema' : 'leave one out, or rename it',
  })
}

const regular = /^[A-Za-z][A-Za-z0-9_]*$/
const delimited = /^"(?:[^"]|"")+"$/

/** M-032: a name is written so that it can be copied into a query. */
function checkAdqlName(name: string, what: 'table' | 'column', pointer: string, report: Report): void {
  const parts = what === 'table' ? (name.match(/"(?:[^"]|"")+"|[^.]+/g) ?? [name]) : [name]
  const wrong = parts.find(
    (part) => !delimited.test(part) && (!regular.test(part) || reservedWords.has(part.toUpperCase())),
  )
  if (wrong === undefined) return
  const why = regular.test(wrong) ? 'is a reserved word of ADQL' : 'is no regular name of ADQL'
  report({
    pointer,
    rule: 'adql-name',
    severity: 'warning',
    message: `${wrong} ${why}`,
    hint: `if it is spelled like that in queries, write it with quotation marks: '"${wrong}"'`,
  })
}

/** Regular names are compared without case, delimited ones as they stand (ADQL 2.1 §2.1.2). */
function foldName(name: string): string {
  return name.startsWith('"') ? name : name.toLowerCase()
}
