// Synthetic resources → pages of an OAI-PMH ListRecords answer, one after the other, in constant memory.
import type { SyntheticVo } from './synthetic-vo.js'
import { voresourceRecord } from './voresource-record.js'

export interface SyntheticSelection {
  /** Resources in the synthetic VO; also the first number that is not written. */
  readonly size: number
  readonly seed: number
  /** Only every so-manieth resource: what an incremental harvest brings. */
  readonly every: number
  /** 2: changed texts and row counts under the same identifiers. */
  readonly version: number
  readonly recordsPerPage: number
}

export const wholeVo: SyntheticSelection = { size: 30_000, seed: 42, every: 1, version: 1, recordsPerPage: 250 }

/** The document pages, in order of the resource numbers. Datestamps are the `updated` of the records. */
export function* oaiPages(vo: SyntheticVo, selection: SyntheticSelection): Generator<string> {
  const { size, seed, every, version, recordsPerPage } = selection
  let records: string[] = []
  for (let index = 0; index < size; index += every) {
    const rows = vo.resource(index, seed, version)
    const [ivoid, , , , , updated] = rows.resource[0] ?? []
    records.push(
      `<record><header><identifier>${ivoid}</identifier><datestamp>${updated}Z</datestamp><setSpec>ivo_managed</setSpec></header>` +
        `<metadata>${voresourceRecord(rows)}</metadata></record>\n`,
    )
    if (records.length === recordsPerPage || index + every >= size) {
      yield `${head}${records.join('')}</ListRecords></OAI-PMH>\n`
      records = []
    }
  }
}

const head =
  '<?xml version="1.0" encoding="UTF-8"?>\n' +
  '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"' +
  ' xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/ http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd">' +
  '<responseDate>2026-01-01T00:00:00Z</responseDate>' +
  '<request verb="ListRecords" metadataPrefix="ivo_vor">https://synthetic.example/oai</request><ListRecords>\n'
