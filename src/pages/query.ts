// A query, its result, tables and examples → the page on which people try ADQL.

import { counted } from '../core/counted.js'
import { isIvoid } from '../core/ivoid.js'
import type { Row, Value } from '../core/sql.js'
import { adqlColumnName, type ColumnDescription, qualifiedName, type Schema } from '../tables/metadata.js'
import type { QueryExample } from '../tap/examples.js'
import { type Html, html, raw, safeHref } from './html.js'
import { dataTable, page, pathOf, type Site } from './layout.js'
import { recordPath } from './services.js'

/** An output format as offered by the form. */
export interface FormatChoice {
  /** Value of RESPONSEFORMAT. */
  readonly value: string
  readonly label: string
}

/** Numbers of rows that the form offers; the second is the usual one. */
export const rowChoices = [100, 1000, 10_000] as const

/** What came of a query that was run: rows, or what is wrong with it. */
export type QueryOutcome =
  | {
      readonly columns: readonly ColumnDescription[]
      readonly rows: readonly Row[]
      /** There were more rows than asked for. */
      readonly isCut: boolean
      readonly seconds: number
    }
  | { readonly problem: string }

/** What the page is made from. */
export interface QueryPageContent {
  readonly query: string
  /** Rows at most. */
  readonly rows: number
  /** Absent until the query is run. */
  readonly outcome: QueryOutcome | undefined
  readonly examples: readonly QueryExample[]
  readonly schemas: readonly Schema[]
  /** For downloads. */
  readonly formats: readonly FormatChoice[]
}

/** The form with a query filled in, and its result when it was run. */
export function queryPage(site: Site, { query, rows, outcome, examples, schemas, formats }: QueryPageContent): string {
  const path = pathOf(site)
  const content = html`<h1>Query the registry</h1>
<p class="lead">Queries are in ADQL, as every TAP service of the Virtual Observatory understands it. Programs send them to <code>${site.baseUrl}/tap</code>.</p>
<form method="get" action="${path}/query">
<input type="hidden" name="run" value="yes">
<label>Query<textarea name="q" rows="9" spellcheck="false" autocapitalize="off" required>${query}</textarea></label>
<div class="row">
<label>Rows at most<select name="rows">${rowChoices.map((one) => html`<option value="${one}"${one === rows ? raw(' selected') : ''}>${one.toLocaleString('en')}</option>`)}</select></label>
<button type="submit">Run</button>
</div>
</form>
${outcome === undefined ? undefined : outcomeSection(site, query, rows, outcome, formats)}
<h2>Examples</h2>
<ul>${examples.map((one) => html`<li><a href="${path}/query?q=${encodeURIComponent(one.query)}">${one.name}</a><br><span class="lead">${one.description}</span></li>`)}</ul>
<h2>Tables</h2>
${schemas.map(schemaSection)}`
  return page(site, 'Query', '/query', content)
}

function outcomeSection(
  site: Site,
  query: string,
  rows: number,
  outcome: QueryOutcome,
  formats: readonly FormatChoice[],
): Html {
  if ('problem' in outcome)
    return html`<section aria-live="polite"><h2>Result</h2><div class="notice bad"><pre>${outcome.problem}</pre></div></section>`
  const address = (format: string): string =>
    `${pathOf(site)}/tap/sync?${new URLSearchParams({ LANG: 'ADQL', MAXREC: String(rows), RESPONSEFORMAT: format, QUERY: query })}`
  const count = outcome.rows.length
  const summary = `${counted(count, 'row')}${outcome.isCut ? ', and there are more' : ''} in ${outcome.seconds.toFixed(2)} s.`
  const head = outcome.columns.map(
    (column) =>
      html`<th scope="col" title="${column.description ?? ''}">${column.name}${column.unit === undefined ? undefined : ` (${column.unit})`}</th>`,
  )
  return html`<section aria-live="polite"><h2 id="result">Result</h2>
<p class="lead">${summary} Download as ${formats.map((one) => html`<a href="${address(one.value)}">${one.label}</a> `)}</p>
<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${outcome.rows.map((row) => html`<tr>${row.map((cell) => resultCell(site, cell))}</tr>`)}</tbody></table></div></section>`
}

/** Addresses and identifiers lead somewhere; numbers stand right. */
function resultCell(site: Site, cell: Value): Html {
  if (typeof cell === 'number' || typeof cell === 'bigint') return html`<td class="number">${cell}</td>`
  const shown = cellText(cell)
  const href = safeHref(shown)
  if (href !== undefined) return html`<td><a href="${href}" rel="noopener">${shown}</a></td>`
  return isIvoid(shown) ? html`<td><a href="${recordPath(site, shown)}">${shown}</a></td>` : html`<td>${shown}</td>`
}

function cellText(cell: Value): string {
  if (cell === null) return ''
  if (cell instanceof Uint8Array) return counted(cell.length, 'byte')
  return Array.isArray(cell) ? cell.join(' ') : String(cell)
}

function schemaSection(schema: Schema): Html {
  const tables = schema.tables.map(
    (table) => html`<details><summary><code>${qualifiedName(table)}</code></summary>
<p>${table.description}</p>
${dataTable(
  ['Column', 'Type', 'Description'],
  table.columns.map((column) => [
    html`<code>${adqlColumnName(column)}</code>`,
    column.xtype ?? column.datatype,
    column.description,
  ]),
)}</details>`,
  )
  return html`<section class="card"><h3>${schema.title ?? schema.name}</h3><p>${schema.description}</p>${tables}</section>`
}
