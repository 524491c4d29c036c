// Tables and examples → a form from which a person sends an ADQL query to /tap/sync.

import { adqlColumnName, qualifiedName, type Schema } from '../tables/metadata.js'
import type { QueryExample } from '../tap/examples.js'
import { type Html, html, raw } from './html.js'
import { page, pathOf, type Site } from './layout.js'

/** An output format as offered by the form. */
export interface FormatChoice {
  /** Value of RESPONSEFORMAT. */
  readonly value: string
  readonly label: string
}

const rowChoices = [100, 1000, 10_000, 100_000] as const

/** The form, with a query filled in. */
export function queryPage(
  site: Site,
  query: string,
  examples: readonly QueryExample[],
  schemas: readonly Schema[],
  formats: readonly FormatChoice[],
): string {
  const path = pathOf(site)
  const content = html`<h1>Query the registry</h1>
<p class="lead">Queries are in ADQL, as every TAP service of the Virtual Observatory understands it. Programs send them to <code>${site.baseUrl}/tap</code>.</p>
<form method="post" action="${path}/tap/sync">
<input type="hidden" name="LANG" value="ADQL"><input type="hidden" name="REQUEST" value="doQuery">
<label>Query<textarea name="QUERY" rows="9" spellcheck="false" autocapitalize="off" required>${query}</textarea></label>
<div class="row">
<label>Answer as<select name="RESPONSEFORMAT">${formats.map((one, index) => html`<option value="${one.value}"${index === 0 ? raw(' selected') : ''}>${one.label}</option>`)}</select></label>
<label>Rows at most<select name="MAXREC">${rowChoices.map((rows) => html`<option value="${rows}"${rows === 1000 ? raw(' selected') : ''}>${rows.toLocaleString('en')}</option>`)}</select></label>
<button type="submit">Run</button>
</div>
</form>
<h2>Examples</h2>
<ul>${examples.map((one) => html`<li><a href="${path}/query?q=${encodeURIComponent(one.query)}">${one.name}</a><br><span class="lead">${one.description}</span></li>`)}</ul>
<h2>Tables</h2>
${schemas.map(schemaSection)}`
  return page(site, 'Query', '/query', content)
}

function schemaSection(schema: Schema): Html {
  const tables = schema.tables.map(
    (table) => html`<details><summary><code>${qualifiedName(table)}</code></summary>
<p>${table.description}</p>
<div class="scroll"><table><thead><tr><th scope="col">Column</th><th scope="col">Type</th><th scope="col">Description</th></tr></thead>
<tbody>${table.columns.map(
      (column) =>
        html`<tr><td><code>${adqlColumnName(column)}</code></td><td>${column.xtype ?? column.datatype}</td><td>${column.description}</td></tr>`,
    )}</tbody></table></div></details>`,
  )
  return html`<section class="card"><h3>${schema.title ?? schema.name}</h3><p>${schema.description}</p>${tables}</section>`
}
