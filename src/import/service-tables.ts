// The VOSI tables of a service → a tableset, whichever way the service hands them out: all in one document, or names
// only, with a document for each table (VOSI 1.1 §2.1.3).
import { RegistryError } from '../core/errors.js'
import type { Tableset, TablesetTable } from '../voresource/tableset.js'
import { childElements, type XmlElement } from '../xml/reader.js'
import { type Conversion, modernise } from './modernise.js'
import { readTable, readTableset } from './read-tableset.js'

/** What a service says about its tables. */
export interface FoundTables {
  readonly tableset: Tableset | undefined
  readonly conversions: readonly Conversion[]
  readonly notes: readonly string[]
}

/** Tables that are asked for one by one, at most; a service with more hands them out together. */
const mostSingleTables = 3_000
/** Requests to a service at a time. */
const together = 4

/** All tables. A service without them has none; one whose tables cannot be read gets a note. */
export async function tablesOf(
  address: string,
  open: (address: string) => Promise<XmlElement>,
  options: { readonly isFile?: boolean } = {},
): Promise<FoundTables> {
  let root: XmlElement
  try {
    root = await open(address)
  } catch (error) {
    if (!(error instanceof RegistryError) || options.isFile === true) throw error
    return { tableset: undefined, conversions: [], notes: [`Its tables are missing here: ${error.message}`] }
  }
  const { tableset, conversions } = readDocument(root)
  const bare = (tableset?.schemas ?? []).flatMap((schema) => (schema.tables ?? []).filter(isBare))
  if (tableset === undefined || bare.length === 0 || options.isFile === true)
    return { tableset, conversions, notes: [] }
  const full = await describeAll(address, bare.slice(0, mostSingleTables), open)
  const schemas = tableset.schemas.map((schema) => ({
    ...schema,
    ...(schema.tables === undefined ? {} : { tables: schema.tables.map((table) => full.tables.get(table) ?? table) }),
  }))
  const without = bare.length - full.tables.size
  const note = `${without} of its tables are without columns here${full.reason === undefined ? '' : `, because ${full.reason}`}`
  return {
    tableset: { schemas },
    conversions: [...conversions, ...full.conversions],
    notes: without === 0 ? [] : [note],
  }
}

function isBare(table: TablesetTable): boolean {
  return (table.columns ?? []).length === 0
}

/** A table set, or one table of a schema that its name tells. */
function readDocument(root: XmlElement): Pick<FoundTables, 'tableset' | 'conversions'> {
  if (root.name === 'table') {
    const { tables, conversions } = readSingle(root)
    const [name = 'default'] = (tables[0]?.name ?? '').split('.').slice(0, -1)
    return { tableset: { schemas: [{ name, tables }] }, conversions }
  }
  // The rules for records hold for documents of tables: only the elements around them differ.
  const { record, conversions } = modernise({ ...root, children: [{ ...root, name: 'tableset' }] }, 'conservative')
  return { tableset: readTableset(childElements(record, 'tableset')[0]), conversions }
}

function readSingle(table: XmlElement): {
  readonly tables: readonly TablesetTable[]
  readonly conversions: readonly Conversion[]
} {
  const around = (name: string, inside: XmlElement): XmlElement => ({
    ...table,
    name,
    children: [inside],
    attributes: [],
  })
  const document = around('Resource', around('tableset', around('schema', { ...table, name: 'table' })))
  const { record, conversions } = modernise(document, 'conservative')
  const tables = childElements(record, 'tableset')
    .flatMap((tableset) => childElements(tableset, 'schema'))
    .flatMap((schema) => childElements(schema, 'table'))
    .map(readTable)
  return { tables, conversions }
}

/** Each table by its own document, a few at a time; ends with the first that cannot be had. */
async function describeAll(
  address: string,
  bare: readonly TablesetTable[],
  open: (address: string) => Promise<XmlElement>,
) {
  const tables = new Map<TablesetTable, TablesetTable>()
  const conversions: Conversion[] = []
  const waiting = [...bare]
  let reason: string | undefined
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && reason === undefined; next = waiting.shift()) {
      try {
        const root = await open(`${address.replace(/\/+$/, '')}/${encodeURIComponent(next.name)}`)
        const [found] = root.name === 'table' ? readSingle(root).tables : []
        if (found !== undefined) tables.set(next, { ...next, ...found })
      } catch (error) {
        if (!(error instanceof RegistryError)) throw error
        reason = error.message
      }
    }
  }
  await Promise.all(Array.from({ length: together }, work))
  return { tables, conversions, reason }
}
