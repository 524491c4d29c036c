// vs:TableSet and VOSI tables → the tableset of a descriptor: the way back of voresource/tableset.ts.
import type { Tableset, TablesetColumn, TablesetSchema, TablesetTable } from '../voresource/tableset.js'
import { attributeOf, childElements, firstChild, type XmlElement } from '../xml/reader.js'
import { compact, firstToken, type Properties, token, tokens, truth } from './read-names.js'
import { xsiTypeName } from './xsi-type.js'

/** All schemas of a `tableset` element; undefined when it has none. */
export function readTableset(tableset: XmlElement | undefined): Tableset | undefined {
  const schemas = tableset === undefined ? [] : childElements(tableset, 'schema').map(readSchema)
  return schemas.length === 0 ? undefined : { schemas }
}

function readSchema(schema: XmlElement): TablesetSchema {
  const tables = childElements(schema, 'table').map(readTable)
  return { ...head(schema), ...(tables.length === 0 ? {} : { tables }) }
}

/** One `table` element, as in a tableset or as the root of a VOSI document. */
export function readTable(table: XmlElement): TablesetTable {
  const nrows = firstToken(table, 'nrows')
  return {
    ...head(table),
    ...compact({
      type: attributeOf(table, 'type'),
      nrows: nrows !== undefined && /^\d{1,15}$/.test(nrows) ? Number(nrows) : undefined,
      columns: childElements(table, 'column').map(readColumn),
      foreignKeys: childElements(table, 'foreignKey').map(readForeignKey),
    }),
  }
}

function head(element: XmlElement): Pick<TablesetSchema, 'name' | 'title' | 'description' | 'utype'> {
  return {
    name: firstToken(element, 'name') ?? '',
    ...compact({
      title: firstToken(element, 'title'),
      description: firstToken(element, 'description'),
      utype: firstToken(element, 'utype'),
    }),
  }
}

function readColumn(column: XmlElement): TablesetColumn {
  return {
    name: firstToken(column, 'name') ?? '',
    ...compact({
      description: firstToken(column, 'description'),
      unit: firstToken(column, 'unit'),
      ucd: firstToken(column, 'ucd'),
      utype: firstToken(column, 'utype'),
      ...readType(firstChild(column, 'dataType')),
      flags: tokens(column, 'flag'),
      std: truth(attributeOf(column, 'std')),
    }),
  }
}

function readType(type: XmlElement | undefined): Properties {
  if (type === undefined) return {}
  if (xsiTypeName(type) === 'vs:TAPType') {
    const size = attributeOf(type, 'size')
    return { tapType: size === undefined ? token(type) : `${token(type)}(${size})` }
  }
  const arraysize = attributeOf(type, 'arraysize')?.trim()
  return {
    datatype: token(type),
    // VODataService 1.2 §3.5.3: scalars carry no arraysize.
    arraysize: arraysize === '1' || arraysize === '' ? undefined : arraysize,
    xtype: attributeOf(type, 'extendedType'),
  }
}

function readForeignKey(key: XmlElement): Properties {
  return {
    targetTable: firstToken(key, 'targetTable') ?? '',
    columns: childElements(key, 'fkColumn').map((pair) => ({
      from: firstToken(pair, 'fromColumn') ?? '',
      target: firstToken(pair, 'targetColumn') ?? '',
    })),
    ...compact({ description: firstToken(key, 'description'), utype: firstToken(key, 'utype') }),
  }
}
