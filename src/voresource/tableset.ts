// Tables of a catalog → vs:TableSet (VODataService 1.2 §3.3 to §3.5).
import { adqlColumnName, datatypes, qualifiedName, type Schema, type Table } from '../tables/metadata.js'
import type { XmlWriter } from '../xml/writer.js'
import { flag, type Infer, integer, list, object, oneOf, text } from './shape.js'

/** Type names of vs:TAPType (VODataService 1.2 §3.5.3). */
const tapTypes =
  'BOOLEAN SMALLINT INTEGER BIGINT REAL DOUBLE TIMESTAMP CHAR VARCHAR BINARY VARBINARY POINT REGION CLOB BLOB'.split(
    ' ',
  )

const columnShape = object(
  'A column.',
  { name: text('Name as it is written in ADQL, quotation marks included where they are needed.') },
  {
    description: text('What the values are.'),
    unit: text('Unit in VOUnits syntax.', { examples: ['deg', 'mas.yr**-1', 'mag'] }),
    ucd: text('UCD1+ words.', { examples: ['pos.eq.ra;meta.main'] }),
    utype: text('Role in a data model.'),
    datatype: oneOf('VOTable datatype.', datatypes),
    arraysize: text('VOTable arraysize, as * or 12*; left out for scalars.', { pattern: '^([0-9]+x)*[0-9]*[0-9*]$' }),
    xtype: text('DALI extended type, as timestamp or point.'),
    tapType: text('ADQL type with its size, as VARCHAR(12), where nothing is said in datatype.', {
      pattern: `^(${tapTypes.join('|')})(\\([1-9]\\d*\\))?$`,
      examples: ['VARCHAR(12)'],
    }),
    flags: list('What else is known.', oneOf('A flag.', ['indexed', 'primary', 'nullable', 'principal', 'other'])),
    std: flag('True when a standard defines the column.'),
  },
)

const foreignKeyShape = object(
  'Columns whose values occur in another table.',
  {
    targetTable: text('Name of the other table, in the same tableset.'),
    columns: list(
      'Pairs of columns.',
      object('A pair.', { from: text('Column here.'), target: text('Column there.') }, {}),
      { minItems: 1 },
    ),
  },
  { description: text('What the key means.'), utype: text('Role in a data model.') },
)

const tableShape = object(
  'A table.',
  { name: text('Name as it is written in ADQL, with schema.') },
  {
    type: oneOf('Kind of table.', ['table', 'view', 'output', 'base_table', 'other']),
    title: text('Name for people.'),
    description: text('What one row is.'),
    utype: text('Data model the table follows.'),
    nrows: integer('About how many rows.', { minimum: 0 }),
    columns: list('Columns, the most important first.', columnShape),
    foreignKeys: list('Keys into other tables.', foreignKeyShape),
  },
)

const schemaShape = object(
  'A schema.',
  { name: text('Name as it is written in ADQL.') },
  {
    title: text('Name for people.'),
    description: text('What the tables have in common.'),
    utype: text('Data model the schema follows.'),
    tables: list('Tables, the most important first.', tableShape),
  },
)

export const tablesetShape = object(
  'The tables of the resource.',
  { schemas: list('Schemas, the most important first.', schemaShape, { minItems: 1 }) },
  {},
)

export type Tableset = Infer<typeof tablesetShape>
export type TablesetSchema = Tableset['schemas'][number]
export type TablesetTable = NonNullable<TablesetSchema['tables']>[number]
export type TablesetColumn = NonNullable<TablesetTable['columns']>[number]

/** Writes `tableset`; nothing when there is none. */
export function writeTableset(tableset: Tableset | undefined, xml: XmlWriter): void {
  if (tableset === undefined) return
  xml.element('tableset', {}, () => {
    for (const schema of tableset.schemas) {
      xml.element('schema', {}, () => {
        writeHead(schema, xml)
        for (const table of schema.tables ?? []) writeTable(table, xml)
      })
    }
  })
}

function writeHead(named: Omit<TablesetSchema, 'tables'>, xml: XmlWriter): void {
  xml.token('name', named.name)
  xml.token('title', named.title)
  xml.token('description', named.description)
  xml.token('utype', named.utype)
}

function writeTable(table: TablesetTable, xml: XmlWriter): void {
  xml.element('table', { type: table.type }, () => {
    writeHead(table, xml)
    xml.token('nrows', table.nrows)
    for (const column of table.columns ?? []) writeColumn(column, xml)
    for (const key of table.foreignKeys ?? []) {
      xml.element('foreignKey', {}, () => {
        xml.token('targetTable', key.targetTable)
        for (const { from, target } of key.columns) {
          xml.element('fkColumn', {}, () => {
            xml.token('fromColumn', from)
            xml.token('targetColumn', target)
          })
        }
        xml.token('description', key.description)
        xml.token('utype', key.utype)
      })
    }
  })
}

function writeColumn(column: TablesetColumn, xml: XmlWriter): void {
  xml.element('column', { std: column.std === undefined ? undefined : String(column.std) }, () => {
    xml.token('name', column.name)
    xml.token('description', column.description)
    xml.token('unit', column.unit)
    xml.token('ucd', column.ucd)
    xml.token('utype', column.utype)
    // VODataService 1.2 §3.5.3: vs:TableDataType is abstract, and scalars carry no arraysize.
    xml.token('dataType', column.datatype, {
      'xsi:type': 'vs:VOTableType',
      arraysize: column.arraysize === '1' ? undefined : column.arraysize,
      extendedType: column.xtype,
    })
    const [, tapType, size] = /^([^(]*)(?:\((\d+)\))?$/.exec(column.tapType ?? '') ?? []
    if (column.datatype === undefined && column.tapType !== undefined)
      xml.token('dataType', tapType, { 'xsi:type': 'vs:TAPType', size })
    xml.tokens('flag', column.flags)
  })
}

/** Tables that this program serves, as declared → what a record says of them. */
export function tablesetOf(schemas: readonly Schema[]): Tableset {
  return { schemas: schemas.map((schema) => ({ ...about(schema), tables: schema.tables.map(tableOf) })) }
}

function about(one: Pick<Schema, 'name' | 'title' | 'description' | 'utype'>): Omit<TablesetSchema, 'tables'> {
  return {
    name: one.name,
    ...(one.title === undefined ? {} : { title: one.title }),
    ...(one.description === undefined ? {} : { description: one.description }),
    ...(one.utype === undefined ? {} : { utype: one.utype }),
  }
}

function tableOf(table: Table): TablesetTable {
  return {
    ...about(table),
    name: qualifiedName(table),
    type: table.type,
    columns: table.columns.map((column) => {
      const flags = [
        ...(column.indexed ? (['indexed'] as const) : []),
        ...(column.nullable ? (['nullable'] as const) : []),
      ]
      return { ...column, name: adqlColumnName(column), flags }
    }),
    foreignKeys: table.foreignKeys,
  }
}
