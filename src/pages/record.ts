// One record → a page that people can read: what it is, where it is, whom to ask, which tables and columns it has.
import { adqlText, wavebandName } from './catalog.js'
import { type Html, html, safeHref } from './html.js'
import { copyable, dataTable, fact, page, pathOf, type Site } from './layout.js'
import type { RecordView } from './record-query.js'
import type { RecordDocument, RecordTable } from './record-tables.js'
import { checkLine, type ServiceCheck } from './service-check.js'
import { formerAddressList, recordPath, usageSections } from './services.js'

/** The page of an active record. */
export function recordPage(site: Site, record: RecordView, document: RecordDocument, check?: ServiceCheck): string {
  const content = html`
<div class="title"><h1>${record.title}</h1></div>
<p class="tags">${record.shortName === null ? undefined : html`<span class="tag plain">${record.shortName}</span>`}<span class="tag plain">${document.type}</span>${
    record.formerAddresses.length > 0 ? html`<span class="tag moved">moved</span>` : undefined
  }</p>
${(record.description ?? '').split(/\n\s*\n/).map((paragraph) => html`<p>${paragraph}</p>`)}
<section class="card"><dl class="facts">
${fact('Identifier', copyable(record.ivoid, { label: 'identifier' }))}
${fact('Addresses', interfaceList(record))}
${fact('Before', formerAddressList(site, record.formerAddresses))}
${fact('Last check', record.interfaces.some((one) => one.standard !== undefined) ? checkLine(site, check) : undefined)}
${fact('Documentation', link(record.referenceUrl))}
${fact('Subjects', record.subjects.join(', '))}
${fact('Content', record.contentTypes.join(', '))}
${fact('Wavebands', record.wavebands.map(wavebandName).join(', '))}
${fact('Creators', record.creators)}
${fact('Source', record.source)}
${fact('Rights', record.rights === null ? link(record.rightsUri) : html`${record.rights} ${link(record.rightsUri)}`)}
${fact('Publisher', people(site, record, 'publisher'))}
${fact('Contributors', people(site, record, 'contributor'))}
${fact('Contact', people(site, record, 'contact'))}
${fact('Related', relationships(site, record))}
${fact('Record', dates(record))}
${fact('As XML', html`<a href="${recordPath(site, record.ivoid)}?format=xml">VOResource document</a>`)}
</dl></section>
${usage(site, record, document)}
${tables(site, record, document)}`
  return page(site, record.title, undefined, content)
}

/** The page of a record that was deleted. */
export function deletedRecordPage(site: Site, ivoid: string, datestamp: string): string {
  const content = html`<h1>This record was deleted</h1>
<div class="notice moved"><p>The record <code>${ivoid}</code> was published here and deleted on ${datestamp}. Its identifier is not used again.</p></div>
<p><a class="button" href="${pathOf(site)}/">All services</a></p>`
  return page(site, 'Deleted record', undefined, content)
}

function interfaceList(record: RecordView): Html | undefined {
  const items = record.interfaces.map(
    (one) =>
      html`<li><span class="tag${one.standard === undefined ? ' plain' : ''}">${one.standard?.label ?? one.standardId.replace('ivo://ivoa.net/std/', '')}</span> ${copyable(one.accessUrl, { label: 'address' })}</li>`,
  )
  return items.length === 0 ? undefined : html`<ul class="plain">${items}</ul>`
}

function link(url: string | null): Html | undefined {
  const href = safeHref(url)
  return href === undefined ? undefined : html`<a href="${href}" rel="noopener">${href}</a>`
}

function people(site: Site, record: RecordView, role: string): Html | undefined {
  const items = record.roles
    .filter((one) => one.role === role)
    .map((one) => {
      const name = one.ivoid === null ? one.name : html`<a href="${recordPath(site, one.ivoid)}">${one.name}</a>`
      return html`<li>${name}${one.email === null ? undefined : html` · <a href="mailto:${one.email}">${one.email}</a>`}</li>`
    })
  return items.length === 0 ? undefined : html`<ul class="plain">${items}</ul>`
}

function relationships(site: Site, record: RecordView): Html | undefined {
  const items = record.relationships.map((one) => {
    const name = one.relatedName ?? one.relatedIvoid
    const target = one.relatedIvoid === null ? name : html`<a href="${recordPath(site, one.relatedIvoid)}">${name}</a>`
    return html`<li>${one.type}: ${target}</li>`
  })
  return items.length === 0 ? undefined : html`<ul class="plain">${items}</ul>`
}

function dates(record: RecordView): string {
  const day = (time: string | null): string => time?.slice(0, 10) ?? 'unknown'
  return `first published ${day(record.created)}, last changed ${day(record.updated)}`
}

function usage(site: Site, record: RecordView, document: RecordDocument): Html | undefined {
  const interfaces = record.interfaces.filter((one) => one.standard !== undefined)
  if (interfaces.length === 0) return undefined
  const service = { ivoid: record.ivoid, interfaces, tables: document.tables.map((table) => table.name) }
  return html`<h2>Use it</h2><section class="card">
${usageSections(site, service)}
</section>`
}

/** Tables on one page; the rest is a query away. */
const tableLimit = 300

function tables(site: Site, record: RecordView, document: RecordDocument): Html | undefined {
  const shown = document.tables.slice(0, tableLimit)
  if (shown.length === 0) return undefined
  const rest = document.tables.length - shown.length
  const contents = shown.map((table, index) => html`<li><a href="#table-${index}"><code>${table.name}</code></a></li>`)
  const query = `SELECT table_name, name, unit, ucd, column_description\nFROM rr.res_table NATURAL JOIN rr.table_column\nWHERE ivoid = ${adqlText(record.ivoid)}`
  const restNote = html`<p>${rest === 1 ? 'One more table is' : `${rest} more tables are`} not shown. <a href="${pathOf(site)}/query?q=${encodeURIComponent(query)}">Query all columns</a>.</p>`
  return html`<h2 id="tables">Tables</h2>
${shown.length > 3 ? html`<ul class="plain contents">${contents}</ul>` : undefined}
${rest > 0 ? restNote : undefined}
${shown.map(tableSection)}`
}

function tableSection(table: RecordTable, index: number): Html {
  const rows = table.columns.map((column) => [
    html`<code>${column.name}</code>`,
    column.datatype,
    column.unit,
    column.ucd,
    column.description,
  ])
  const list = dataTable(['Column', 'Type', 'Unit', 'UCD', 'Description'], rows)
  return html`<section id="table-${index}"><h3><code>${table.name}</code></h3>
<p>${table.description ?? table.title}</p>
${rows.length === 0 ? html`<p class="lead">The record does not list the columns of this table.</p>` : list}</section>`
}
