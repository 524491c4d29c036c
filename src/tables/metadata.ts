// What is known about tables: the metadata of TAP_SCHEMA and of VODataService in one type (TAP 1.1 §4; VODataService 1.2 §3).

/** VOTable data types of columns (VOTable 1.5 §2.1). */
export const datatypes = [
  'boolean',
  'bit',
  'unsignedByte',
  'short',
  'int',
  'long',
  'char',
  'unicodeChar',
  'float',
  'double',
  'floatComplex',
  'doubleComplex',
] as const

/** One of them. */
export type Datatype = (typeof datatypes)[number]

/** What the values of a column are, wherever the column stands: in a table, in an upload, in a result. */
export interface ColumnType {
  readonly datatype: Datatype
  /** VOTable syntax: `*`, `19`, `20*`; absent for scalars (TAP 1.1 §4.3). */
  readonly arraysize?: string
  /** DALI extended type: timestamp, interval, point, circle, polygon, moc … (DALI 1.2 §3). */
  readonly xtype?: string
}

/** Type and meaning of a column; carried from declarations through queries to the FIELDs of results. */
export interface ColumnDescription extends ColumnType {
  readonly name: string
  readonly description?: string
  /** VOUnits. */
  readonly unit?: string
  readonly ucd?: string
  readonly utype?: string
}

/** A declared column of a table we serve. */
export interface Column extends ColumnDescription {
  /** The name must be written in quotation marks in ADQL, as `"size"` (TAP 1.1 §4.3). */
  readonly delimited?: boolean
  readonly nullable: boolean
  readonly indexed: boolean
  readonly principal: boolean
  readonly std: boolean
  /** RegTAP 1.2 §4.3: values are stored in lower case. */
  readonly lowercase?: boolean
  /** RegTAP 1.2 §4: several values joined with `#`. */
  readonly hashSeparated?: boolean
}

export interface ForeignKey {
  /** Qualified name, as `rr.resource`. */
  readonly targetTable: string
  readonly columns: readonly { readonly from: string; readonly target: string }[]
  readonly description?: string
  readonly utype?: string
}

export interface Table {
  readonly schema: string
  /** Without schema: `resource`. */
  readonly name: string
  readonly type: 'table' | 'view'
  readonly title?: string
  readonly description?: string
  readonly utype?: string
  readonly columns: readonly Column[]
  readonly foreignKeys: readonly ForeignKey[]
  /** Columns the rows are stored in order of; the engine prunes by them. */
  readonly sortedBy?: readonly string[]
}

export interface Schema {
  readonly name: string
  readonly title?: string
  readonly description?: string
  readonly utype?: string
  readonly tables: readonly Table[]
}

/** `rr.resource`: the name of a table as users write it. */
export function qualifiedName(table: { readonly schema: string; readonly name: string }): string {
  return table.schema === '' ? table.name : `${table.schema}.${table.name}`
}

/** The name of a column as users must write it in ADQL, quotation marks included (TAP 1.1 §4.3). */
export function adqlColumnName(column: Column): string {
  return column.delimited ? `"${column.name.replaceAll('"', '""')}"` : column.name
}
