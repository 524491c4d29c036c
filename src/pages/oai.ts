// An OAI-PMH answer → a page that shows it to a person, with links from record to record and from part to part.
// Harvesters never get it. Browsers are giving up XSLT, so the page is made here and not by a stylesheet.
import { attributeOf, childElements, firstChild, readXml, textOf, type XmlElement } from '../xml/reader.js'
import { type Html, html } from './html.js'
import { fact, page, pathOf, type Site, snippet } from './layout.js'
import { xmlTree } from './xml-tree.js'

/** `answer` is a whole OAI-PMH document; `url` the address that gives it to harvesters. */
export function oaiPage(site: Site, answer: string, url: string): string {
  const root = readXml(answer)
  const request = firstChild(root, 'request')
  const verb = childElements(root).find(({ name }) => !['responseDate', 'request', 'error'].includes(name))
  const prefix = (request === undefined ? undefined : attributeOf(request, 'metadataPrefix')) ?? 'ivo_vor'
  const errors = childElements(root, 'error')
  const title = verb?.name ?? 'OAI-PMH'
  return page(
    site,
    title,
    undefined,
    html`<h1>${title}</h1>
<p class="lead">This is the OAI-PMH interface, by which other registries and programs collect the records. They get the same as XML.</p>
${menu(site)}
${errors.map((error) => html`<div class="notice bad"><p><strong>${attributeOf(error, 'code')}</strong> ${textOf(error)}</p></div>`)}
${verb === undefined ? '' : content(site, verb, prefix)}
${snippet(`curl '${url.replaceAll("'", '%27')}'`, 'command')}`,
  )
}

function menu(site: Site): Html {
  const queries = [
    ['Identify', 'verb=Identify'],
    ['Formats', 'verb=ListMetadataFormats'],
    ['Sets', 'verb=ListSets'],
    ['Identifiers', 'verb=ListIdentifiers&metadataPrefix=ivo_vor'],
    ['Records', 'verb=ListRecords&metadataPrefix=ivo_vor'],
    ['Records in Dublin Core', 'verb=ListRecords&metadataPrefix=oai_dc'],
  ] as const
  return html`<nav aria-label="OAI-PMH">${queries.map(([name, query]) => html`<a href="${pathOf(site)}/oai?${query}">${name}</a>`)}</nav>`
}

function content(site: Site, verb: XmlElement, prefix: string): Html {
  switch (verb.name) {
    case 'Identify':
      return identify(site, verb)
    case 'ListIdentifiers':
      return html`<ul class="plain">${childElements(verb, 'header').map((header) => html`<li>${headerLine(site, header, prefix)}</li>`)}</ul>${nextPart(site, verb)}`
    case 'ListRecords':
    case 'GetRecord':
      return html`${childElements(verb, 'record').map((record) => recordCard(site, record, prefix))}${nextPart(site, verb)}`
    default:
      return html`${childElements(verb).map((one) => html`<dl class="facts card">${childElements(one).map((element) => fact(element.name, textOf(element)))}</dl>`)}`
  }
}

function identify(site: Site, verb: XmlElement): Html {
  const facts = childElements(verb).filter(({ name }) => name !== 'description')
  return html`<dl class="facts card">${facts.map((element) => fact(element.name, textOf(element)))}</dl>
${childElements(verb, 'description').flatMap((description) => childElements(description).map((one) => xmlTree(one, (ivoid) => recordLink(site, ivoid, 'ivo_vor'))))}`
}

function recordCard(site: Site, record: XmlElement, prefix: string): Html {
  const header = firstChild(record, 'header')
  const payload = childElements(record, 'metadata').flatMap((metadata) => childElements(metadata))
  return html`<article class="card">${header === undefined ? '' : html`<h2>${headerLine(site, header, prefix)}</h2>`}
${payload.map((one) => xmlTree(one, (ivoid) => recordLink(site, ivoid, prefix)))}</article>`
}

function headerLine(site: Site, header: XmlElement, prefix: string): Html {
  const text = (name: string) => childElements(header, name).map(textOf)
  const [identifier = ''] = text('identifier')
  const isDeleted = attributeOf(header, 'status') === 'deleted'
  return html`<a href="${recordLink(site, identifier, prefix)}">${identifier}</a> <span class="tag plain">${text('datestamp')[0]}</span>${isDeleted ? html` <span class="tag bad">deleted</span>` : ''}${text('setSpec').map((set) => html` <span class="tag">${set}</span>`)}`
}

function nextPart(site: Site, verb: XmlElement): Html | undefined {
  const token = firstChild(verb, 'resumptionToken')
  if (token === undefined) return undefined
  const size = attributeOf(token, 'completeListSize')
  const delivered = Number(attributeOf(token, 'cursor')) + childElements(verb).length - 1
  const place = `${delivered}${size === undefined ? '' : ` of ${size}`} shown so far`
  if (textOf(token) === '') return html`<p>${place}; this is the last part.</p>`
  return html`<p>${place}. <a class="button" href="${pathOf(site)}/oai?verb=${verb.name}&resumptionToken=${encodeURIComponent(textOf(token))}">Next part</a></p>`
}

function recordLink(site: Site, ivoid: string, prefix: string): string {
  return `${pathOf(site)}/oai?verb=GetRecord&metadataPrefix=${encodeURIComponent(prefix)}&identifier=${encodeURIComponent(ivoid)}`
}
