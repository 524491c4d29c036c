// Services → the list that a person looks through: where each is now, where it was, how to use it.
import { counted } from '../core/counted.js'
import {
  type FormerAddress,
  type ServiceDocument,
  type ServiceEntry,
  type ServiceFilter,
  type ServiceInterface,
  type ServicePage,
  wavebandName,
} from './catalog.js'
import { type Html, html, raw, safeHref } from './html.js'
import { copyable, fact, page, pathOf, type Site, snippet } from './layout.js'
import { checkLine, type ServiceCheck, type ServiceChecks } from './service-check.js'
import { serviceStandards } from './standards.js'
import { oldPyvoLines, pyvoLines, stiltsLine, topcatSteps } from './usage.js'

/** The service list, which is also the first page. */
export function servicesPage(
  site: Site,
  filter: ServiceFilter,
  found: ServicePage,
  checks: ServiceChecks = new Map(),
): string {
  const content = html`
<h1>${site.title}</h1>
<p class="lead">Services that you can query, each with its present address and the addresses it had before.</p>
${welcome(site)}
${filterForm(site, filter)}
${resultLine(filter, found)}
${found.services.map((service) => serviceCard(site, service, checks.get(service.ivoid)))}
${pager(site, filter, found)}
<p class="lead">For programs: this list as ${listLinks(site, filter)}, or the same by <a href="${pathOf(site)}/query">query</a>.</p>`
  return page(site, filter.words === '' ? site.title : `Services: ${filter.words}`, '/', content)
}

function welcome(site: Site): Html {
  const pyvo = `import os; os.environ['IVOA_REGISTRY'] = '${site.baseUrl}/tap'\nimport pyvo`
  return html`<details class="card"><summary>Use this registry from your own programs</summary>
<p>Clients that look services up here always get the present address. Tell them where the registry is:</p>
<dl class="facts">
${fact('TAP (RegTAP)', copyable(`${site.baseUrl}/tap`, { label: 'address of the TAP service' }))}
${fact('OAI-PMH', copyable(`${site.baseUrl}/oai`, { label: 'address for harvesters' }))}
</dl>
<h3>pyvo</h3>
${snippet(pyvo, 'lines for pyvo')}
<h3>TOPCAT</h3>
<p>In the windows of the VO menu that search a registry, type this address in place of the one shown under Registry:</p>
${snippet(`${site.baseUrl}/tap`, 'registry address for TOPCAT')}
</details>`
}

function filterForm(site: Site, filter: ServiceFilter): Html {
  const option = (value: string, label: string, chosen: boolean): Html =>
    html`<option value="${value}"${chosen ? raw(' selected') : ''}>${label}</option>`
  return html`<form class="filter" method="get" action="${pathOf(site)}/" role="search">
<label class="whole">Words<input type="search" name="q" value="${filter.words}" placeholder="Gaia, Pan-STARRS, ultraviolet …"></label>
<label>Protocol<select name="standard">${option('', 'all', filter.standard === undefined)}${serviceStandards.map(
    (one) => option(one.key, one.name, one.key === filter.standard?.key),
  )}</select></label>
<label>Order<select name="sort">${option('title', 'by title', filter.sort === 'title')}${option('updated', 'latest change first', filter.sort === 'updated')}${option('ivoid', 'by identifier', filter.sort === 'ivoid')}</select></label>
<label class="check"><input type="checkbox" name="moved" value="yes"${filter.movedOnly ? raw(' checked') : ''}>moved only</label>
<button type="submit">Show</button>
</form>`
}

function resultLine(filter: ServiceFilter, found: ServicePage): Html {
  const count = found.services.length
  if (count === 0)
    return html`<div class="notice"><p>No service matches. Try fewer words, another protocol, or clear “moved only”.</p></div>`
  const more = found.hasMore ? ', and there are more' : ''
  return html`<p class="lead">${filter.page > 1 ? `Page ${filter.page}: ` : ''}${counted(count, 'service')}${more}.</p>`
}

function serviceCard(site: Site, service: ServiceEntry, check: ServiceCheck | undefined): Html {
  const recordUrl = recordPath(site, service.ivoid)
  const firstParagraph = service.description?.split(/\n\s*\n/)[0]
  const documentation = safeHref(service.referenceUrl)
  return html`<article class="card">
<div class="title"><h2><a href="${recordUrl}">${service.title}</a></h2><span class="tags">
${service.shortName === null ? undefined : html`<span class="tag plain">${service.shortName}</span>`}
${labelsOf(service.interfaces).map((label) => html`<span class="tag">${label}</span>`)}
${service.formerAddresses.length > 0 ? html`<span class="tag moved">moved</span>` : undefined}
</span></div>
<p>${firstParagraph}</p>
<dl class="facts">
${fact('Address', addressList(service.interfaces))}
${fact('Before', formerAddressList(site, service.formerAddresses))}
${fact('Last check', service.interfaces.length === 0 ? undefined : checkLine(site, check))}
${fact('Identifier', copyable(service.ivoid, { label: 'identifier' }))}
${fact('Tables', tableLine(recordUrl, service))}
${fact('Wavebands', service.wavebands.map(wavebandName).join(', '))}
${fact('Examples', examplesLinks(service.interfaces))}
${fact('Documentation', documentation === undefined ? undefined : html`<a href="${documentation}" rel="noopener">${documentation}</a>`)}
${fact('Documents', documentLinks(service.documents))}
</dl>
${service.interfaces.length === 0 ? undefined : useDetails(site, service)}
</article>`
}

/** Where the page of a record is. */
export function recordPath(site: Site, ivoid: string): string {
  return `${pathOf(site)}/record/${ivoid.replace(/^ivo:\/\//, '')}`
}

function labelsOf(interfaces: readonly ServiceInterface[]): readonly string[] {
  return [...new Set(interfaces.map((one) => one.standard?.label).filter((label) => label !== undefined))]
}

function addressList(interfaces: readonly ServiceInterface[]): Html | undefined {
  const only = interfaces.length === 1
  const items = interfaces.map(
    (one) =>
      html`<li>${only ? undefined : html`<span class="tag">${one.standard?.label}</span> `}${copyable(one.accessUrl, { label: 'address' })}</li>`,
  )
  return items.length === 0 ? undefined : html`<ul class="plain">${items}</ul>`
}

/** Former addresses; spellings that differ in scheme and case only are one. */
export function formerAddressList(site: Site, addresses: readonly FormerAddress[]): Html | undefined {
  const seen = new Map<string, FormerAddress>()
  for (const one of addresses) {
    const key = one.formerUrl.toLowerCase().replace(/^https?:/, '')
    if (!seen.has(key) || one.formerUrl.startsWith('https:')) seen.set(key, one)
  }
  const items = [...seen.values()].map(
    (one) =>
      html`<li><a class="address" href="${pathOf(site)}/moved?url=${encodeURIComponent(one.formerUrl)}"><code class="old">${one.formerUrl}</code></a>${
        one.closed === null ? undefined : html` <span class="tag moved">closed ${one.closed}</span>`
      }</li>`,
  )
  return items.length === 0 ? undefined : html`<ul class="plain">${items}</ul>`
}

function examplesLinks(interfaces: readonly ServiceInterface[]): Html | undefined {
  const links = interfaces.flatMap((one) => {
    const href = safeHref(one.examplesUrl)
    return href === undefined ? [] : [html`<a href="${href}" rel="noopener">${href}</a> `]
  })
  return links.length === 0 ? undefined : html`${links}`
}

/** Further documents, named as their capability describes them. */
export function documentLinks(documents: readonly ServiceDocument[]): Html | undefined {
  const links = documents.flatMap(({ url, description }) => {
    const href = safeHref(url)
    return href === undefined
      ? []
      : [
          html`<li>${description === null ? undefined : `${description}: `}<a href="${href}" rel="noopener">${href}</a></li>`,
        ]
  })
  return links.length === 0 ? undefined : html`<ul class="plain">${links}</ul>`
}

function tableLine(recordUrl: string, service: ServiceEntry): Html | undefined {
  if (service.tableCount === 0) return undefined
  const rest = service.tableCount - service.tables.length
  return html`${service.tables.map((name, index) => html`${index > 0 ? ', ' : ''}<code>${name}</code>`)}${
    rest > 0 ? html` and <a href="${recordUrl}#tables">${rest} more</a>` : undefined
  }`
}

function useDetails(site: Site, service: ServiceEntry): Html {
  return html`<details><summary>Use it from pyvo or TOPCAT</summary>
${usageSections(site, service)}
</details>`
}

/** How to use a service from each client; also part of the page of its record. */
export function usageSections(site: Site, service: Pick<ServiceEntry, 'ivoid' | 'interfaces' | 'tables'>): Html {
  const stilts = stiltsLine(service)
  const old = oldPyvoLines(site.baseUrl, service)
  return html`<h3>pyvo</h3>
${snippet(pyvoLines(site.baseUrl, service), 'lines for pyvo')}
${old === undefined ? undefined : html`<h3>pyvo before 1.3</h3>${snippet(old, 'lines for an old pyvo')}`}
<h3>TOPCAT</h3>
<p>${topcatSteps(service)}</p>
${stilts === undefined ? undefined : html`<h3>STILTS</h3>${snippet(stilts, 'command for STILTS')}`}`
}

function pager(site: Site, filter: ServiceFilter, found: ServicePage): Html | undefined {
  if (filter.page === 1 && !found.hasMore) return undefined
  const link = (to: number, label: string): Html =>
    html`<a class="button" href="${pathOf(site)}/?${filterQuery({ ...filter, page: to })}">${label}</a> `
  return html`<p>${filter.page > 1 ? link(filter.page - 1, 'Previous page') : undefined}${found.hasMore ? link(filter.page + 1, 'Next page') : undefined}</p>`
}

function listLinks(site: Site, filter: ServiceFilter): Html {
  const rest = filterQuery(filter)
  const link = (format: string, name: string): Html =>
    html`<a href="${pathOf(site)}/services?format=${format}${rest === '' ? '' : `&${rest}`}">${name}</a>`
  return html`${link('json', 'JSON')}, ${link('csv', 'CSV')} or ${link('votable', 'VOTable')}`
}

/** A filter as query string, the usual values left out. */
export function filterQuery(filter: ServiceFilter): string {
  const parameters = new URLSearchParams()
  if (filter.words !== '') parameters.set('q', filter.words)
  if (filter.standard !== undefined) parameters.set('standard', filter.standard.key)
  if (filter.movedOnly) parameters.set('moved', 'yes')
  if (filter.sort !== 'title') parameters.set('sort', filter.sort)
  if (filter.page > 1) parameters.set('page', String(filter.page))
  return parameters.toString()
}
