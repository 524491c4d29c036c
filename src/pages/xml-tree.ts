// An element tree → indented XML to be read in a browser, with links on identifiers and addresses.
import { isIvoid } from '../core/ivoid.js'
import { childElements, textOf, type XmlElement } from '../xml/reader.js'
import { type Html, html, safeHref } from './html.js'

/** Gives the address of the page about an IVOID. */
export type IvoidLink = (ivoid: string) => string

/** The element as lines of XML. Namespaces and their schemas are left out: this is for reading, not for parsing. */
export function xmlTree(element: XmlElement, link: IvoidLink): Html {
  return html`<pre><code>${lines(element, link, 0)}</code></pre>`
}

function lines(element: XmlElement, link: IvoidLink, depth: number): Html {
  const name = element.prefix === '' ? element.name : `${element.prefix}:${element.name}`
  const attributes = element.attributes
    .filter(({ name: attribute }) => attribute !== 'schemaLocation')
    .map(({ qualifiedName, value }) => html` ${qualifiedName}="${linked(value, link)}"`)
  const indent = '  '.repeat(depth)
  const children = childElements(element)
  const text = textOf(element).trim()
  if (children.length === 0 && text === '')
    return html`${indent}&lt;${name}${attributes}/&gt;
`
  if (children.length === 0)
    return html`${indent}&lt;${name}${attributes}&gt;${linked(text, link)}&lt;/${name}&gt;
`
  return html`${indent}&lt;${name}${attributes}&gt;
${children.map((child) => lines(child, link, depth + 1))}${indent}&lt;/${name}&gt;
`
}

function linked(value: string, link: IvoidLink): Html {
  if (isIvoid(value)) return html`<a href="${link(value)}">${value}</a>`
  const href = /\s/.test(value) ? undefined : safeHref(value)
  return href === undefined ? html`${value}` : html`<a href="${href}" rel="nofollow">${value}</a>`
}
