// One resource record → its rows in all rr tables, and in the private tables that searches use.
import type { Row, Value } from '../core/sql.js'
import { findTable } from '../tables/declared.js'
import type { Schema, Table } from '../tables/metadata.js'
import { shippedVocabulary, type VocabularySource } from '../voresource/vocabulary-files.js'
import { childElements, firstChild, textOf, type XmlElement } from '../xml/reader.js'
import { alternateIdentifierRows } from './alternate-identifiers.js'
import { coverageRows } from './coverage.js'
import { type DetailFinder, detailFinder } from './detail.js'
import { capabilityRows } from './interfaces.js'
import { cleanText } from './normalize.js'
import { roleRows } from './roles.js'
import { type RowMapper, rowMapper } from './row-mapper.js'
import { tablesetRows } from './tableset.js'
import { typeOf } from './type-names.js'
import { termReplacer } from './vocabularies.js'
import { wordRows } from './words.js'
import { elementPaths } from './xpath.js'

/** Rows by qualified table name, `rr.resource`; cells in the order of the declared columns. */
export type RecordRows = ReadonlyMap<string, Iterable<Row>>

/** Turns a resource element into rows. `ivoid` is the folded identifier, the key in every table. */
export type RecordMapper = (resource: XmlElement, ivoid: string) => RecordRows

/** The tables a record has rows in; rr.tap_table is made from them afterwards. */
export const recordTableNames: readonly string[] = [
  ...['resource', 'res_role', 'res_subject', 'capability', 'res_schema', 'res_table', 'table_column'],
  ...['interface', 'intf_param', 'relationship', 'validation', 'res_date', 'res_detail', 'alt_identifier'],
  ...['stc_spatial', 'stc_temporal', 'stc_spectral'],
].map((name) => `rr.${name}`)

/** The private tables that searches on `rr` go by. */
export const searchTableNames: readonly string[] = ['x.word', 'x.moc_cell']

/** Prepares the mapping: reads declarations, vocabularies and the list of details once for any number of records. */
export function recordMapper(
  schemas: readonly Schema[],
  vocabularies: VocabularySource = shippedVocabulary,
): RecordMapper {
  const table = (name: string): Table => findTable(schemas, `rr.${name}`)
  const mappers = makeMappers(table, vocabularies)
  const details: DetailFinder = detailFinder()
  const resourceColumns = table('resource').columns.map((column) => column.name)
  const titleIndex = resourceColumns.indexOf('res_title')
  const descriptionIndex = resourceColumns.indexOf('res_description')
  return (resource, ivoid) => {
    const resourceRow = mappers.resource([resource], {
      ivoid,
      // A record without a type is still a resource (VOResource 1.2 §3.1).
      res_type: typeOf(resource) ?? 'vr:resource',
      creator_seq: creatorSequence(resource),
    })
    const capabilities = capabilityRows(resource, ivoid, mappers)
    const tableset = tablesetRows(resource, ivoid, mappers)
    const coverage = coverageRows(resource, ivoid)
    const along = (path: string, mapper: RowMapper): readonly Row[] =>
      elementPaths(
        resource,
        path.split('/').filter((step) => step !== ''),
      ).map((elements) => mapper(elements, { ivoid }))
    return new Map<string, Iterable<Row>>([
      ['rr.resource', [resourceRow]],
      ['rr.res_role', roleRows(resource, ivoid)],
      ['rr.res_subject', along('/content/subject', mappers.res_subject).filter((row) => row[1] !== null)],
      ['rr.capability', capabilities.capability],
      ['rr.res_schema', tableset.res_schema],
      ['rr.res_table', tableset.res_table],
      ['rr.table_column', tableset.table_column],
      ['rr.interface', capabilities.interface],
      ['rr.intf_param', capabilities.intf_param],
      ['rr.relationship', along('/content/relationship/relatedResource', mappers.relationship)],
      ['rr.validation', [...along('/validationLevel', mappers.validation), ...capabilities.validation]],
      ['rr.res_date', dateRows(resource, ivoid, mappers.res_date)],
      ['rr.res_detail', details(resource, ivoid)],
      ['rr.alt_identifier', alternateIdentifierRows(resource, ivoid)],
      ['rr.stc_spatial', coverage.spatial],
      ['rr.stc_temporal', coverage.temporal],
      ['rr.stc_spectral', coverage.spectral],
      [
        'x.word',
        [
          ...wordRows(ivoid, 'res_title', asText(resourceRow[titleIndex])),
          ...wordRows(ivoid, 'res_description', asText(resourceRow[descriptionIndex])),
        ],
      ],
      ['x.moc_cell', coverage.cells],
    ])
  }
}

function makeMappers(table: (name: string) => Table, vocabularies: VocabularySource) {
  const replaceLevel = termReplacer(vocabularies('content_level'))
  const replaceType = termReplacer(vocabularies('content_type'))
  const replaceRole = termReplacer(vocabularies('date_role'))
  const replaceRelation = termReplacer(vocabularies('relationship_type'))
  return {
    resource: rowMapper(table('resource'), '/', { content_level: replaceLevel, content_type: replaceType }),
    res_subject: rowMapper(table('res_subject'), '/content/subject'),
    capability: rowMapper(table('capability'), '/capability'),
    interface: rowMapper(table('interface'), '/capability/interface'),
    intf_param: rowMapper(table('intf_param'), '/capability/interface/param'),
    res_schema: rowMapper(table('res_schema'), '/tableset/schema'),
    res_table: rowMapper(table('res_table'), '/tableset/schema/table'),
    table_column: rowMapper(table('table_column'), '/tableset/schema/table/column'),
    loneTable: rowMapper(table('res_table'), '/table'),
    loneColumn: rowMapper(table('table_column'), '/table/column'),
    relationship: rowMapper(table('relationship'), '/content/relationship/relatedResource', {
      relationship_type: replaceRelation,
    }),
    validation: rowMapper(table('validation'), '/validationLevel'),
    capabilityValidation: rowMapper(table('validation'), '/capability/validationLevel'),
    res_date: rowMapper(table('res_date'), '/curation/date', { value_role: replaceRole }),
  }
}

/** Names of the creators as a citation has them (RegTAP 1.2 §8.1). */
function creatorSequence(resource: XmlElement): string | null {
  const names = childElements(resource, 'curation')
    .flatMap((curation) => childElements(curation, 'creator'))
    .flatMap((creator) => cleanText(textOf(firstChild(creator, 'name') ?? creator)) ?? [])
  return names.length === 0 ? null : names.join('; ')
}

/**
 * Dates without a role have the schema's default; both versions of it mean Collected (VOResource 1.2 §3.1.4). What is
 * no date makes no row.
 */
function dateRows(resource: XmlElement, ivoid: string, mapper: RowMapper): readonly Row[] {
  return elementPaths(resource, ['curation', 'date'])
    .map((path) => mapper(path, { ivoid }))
    .filter((row) => row[1] !== null)
    .map((row) => (row[2] === null ? [row[0] ?? null, row[1] ?? null, 'collected'] : row))
}

function asText(value: Value | undefined): string | null {
  return typeof value === 'string' ? value : null
}
