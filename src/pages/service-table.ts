// Services → a table with one row for each way into one, for CSV and VOTable.
import type { Row } from '../core/sql.js'
import type { ColumnDescription } from '../tables/metadata.js'
import type { ResultTable } from '../tables/result.js'
import { findServices, type RunQuery, type ServiceEntry, type ServiceFilter } from './catalog.js'
import type { ServiceCheck, ServiceChecks } from './service-check.js'

const text = (name: string, description: string, ucd?: string): ColumnDescription => ({
  name,
  datatype: 'unicodeChar',
  arraysize: '*',
  description,
  ...(ucd === undefined ? {} : { ucd }),
})

const columns: readonly ColumnDescription[] = [
  text('ivoid', 'Identifier of the resource; stays when the address changes.', 'meta.ref.ivoid;meta.main'),
  text('short_name', 'Short name of the resource.', 'meta.id'),
  text('res_title', 'Title of the resource.', 'meta.title'),
  text('standard_id', 'Identifier of the protocol.', 'meta.ref.ivoid'),
  text('std_version', 'Version of the protocol.', 'meta.version'),
  text('access_url', 'Present address.', 'meta.ref.url'),
  text('former_urls', 'Addresses that the resource had before, separated by blanks.', 'meta.ref.url'),
  text('examples_url', 'Page with example queries.', 'meta.ref.url'),
  text('reference_url', 'Documentation.', 'meta.ref.url'),
  text('document_urls', 'Further documents, such as an OpenAPI description, separated by blanks.', 'meta.ref.url'),
  { name: 'table_count', datatype: 'int', description: 'Number of registered tables.', ucd: 'meta.number' },
  text('tables', 'Names of the first tables, separated by #.', 'meta.id'),
  text('record_url', 'Page of the record.', 'meta.ref.url'),
  text(
    'check_outcome',
    'Last check of the resource: ok, warning or failed; nothing when it was not checked.',
    'meta.code.status',
  ),
  { ...text('check_time', 'When the resource was last checked (UTC).', 'time'), datatype: 'char', xtype: 'timestamp' },
]

/** Services asked for at a time; a list of any length is read as it is sent. */
const servicesPerBatch = 500

/** All services that the filter lets through, whatever page it names. */
export function serviceTable(
  filter: ServiceFilter,
  run: RunQuery,
  checks: ServiceChecks,
  recordUrl: (ivoid: string) => string,
): ResultTable {
  async function* rows(): AsyncGenerator<readonly Row[]> {
    for (let page = 1, hasMore = true; hasMore; page++) {
      const found = await findServices({ ...filter, page }, run, servicesPerBatch)
      hasMore = found.hasMore
      yield found.services.flatMap((service) => rowsOf(service, checks.get(service.ivoid), recordUrl(service.ivoid)))
    }
  }
  return { columns, rows: rows(), outcome: () => 'OK', infos: [] }
}

function rowsOf(service: ServiceEntry, check: ServiceCheck | undefined, recordUrl: string): readonly Row[] {
  const former = [...new Set(service.formerAddresses.map((one) => one.formerUrl))].join(' ')
  return service.interfaces.map((one) => [
    service.ivoid,
    service.shortName,
    service.title,
    one.standardId,
    one.version,
    one.accessUrl,
    former === '' ? null : former,
    one.examplesUrl,
    service.referenceUrl,
    service.documents.length === 0 ? null : service.documents.map((document) => document.url).join(' '),
    service.tableCount,
    service.tables.length === 0 ? null : service.tables.join('#'),
    recordUrl,
    check?.outcome ?? null,
    // DALI 1.2 §3.3.3: timestamps have no zone here.
    check?.time.replace('Z', '') ?? null,
  ])
}
