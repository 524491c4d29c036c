// Title and content → a whole HTML page: head, navigation, footer.
import { createHash } from 'node:crypto'
import { type Html, type HtmlPart, html, raw } from './html.js'
import { pageScript } from './script.js'
import { styleSheet } from './style.js'

/** What every page knows of the place it is served from. */
export interface Site {
  /** Public address without trailing slash. */
  readonly baseUrl: string
  /** Title of this registry's own record. */
  readonly title: string
  /** IVOID of this registry. */
  readonly ivoid: string
  /** Requests at former hosts are answered here, so that there is a page /legacy that counts them. */
  readonly hasFormerHosts?: boolean
  /** Other registries have been harvested, so that there is something to tell at /harvests. */
  readonly hasHarvests?: boolean
}

/** Files that pages load, by path below the base URL; the name changes with the content, so they may be kept for ever. */
export const assets = {
  style: { path: `/assets/${digest(styleSheet)}.css`, mediaType: 'text/css; charset=utf-8', content: styleSheet },
  script: {
    path: `/assets/${digest(pageScript)}.js`,
    mediaType: 'text/javascript; charset=utf-8',
    content: pageScript,
  },
} as const

/** Pages load from their own host only, and nobody may frame them. */
export const contentSecurityPolicy =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

const sections = [
  { path: '/', name: 'Services' },
  { path: '/moved', name: 'Moved addresses' },
  { path: '/query', name: 'Query' },
  { path: '/status', name: 'Status' },
  { path: '/harvests', name: 'Harvests' },
  { path: '/legacy', name: 'Former hosts' },
] as const

/** Where a page stands in the navigation; none for pages below. */
export type Section = (typeof sections)[number]['path'] | undefined

// A signpost: two arms on a post.
const logo = raw(
  '<svg viewBox="0 0 32 32" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linejoin="round" stroke-linecap="round" aria-hidden="true"><path d="M16 3v26M10 29h12"/><path fill="currentColor" fill-opacity=".16" d="M8 6h15l4 3.5-4 3.5H8z"/><path fill="currentColor" fill-opacity=".16" d="M24 16H9l-4 3.5L9 23h15z"/></svg>',
)

const icon =
  'data:image/svg+xml,' +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="#0b5fa5"><path d="M14.5 2h3v28h-3z"/><path d="M8 5h15l5 4.5-5 4.5H8zM24 16H9l-5 4.5L9 25h15z"/></svg>',
  )

/** A whole page. `title` is text; the site's title is added in the window's title. */
export function page(site: Site, title: string, section: Section, content: Html): string {
  const path = pathOf(site)
  const shown = sections.filter(
    (one) =>
      (one.path !== '/legacy' || site.hasFormerHosts === true) &&
      (one.path !== '/harvests' || site.hasHarvests === true || section === '/harvests'),
  )
  const whole = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title === site.title ? title : `${title} · ${site.title}`}</title>
<link rel="icon" href="${icon}">
<link rel="stylesheet" href="${path}${assets.style.path}">
<script src="${path}${assets.script.path}" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top"><div class="wide">
<a class="brand" href="${path}/">${logo}<span>${site.title}</span></a>
<nav aria-label="Pages">${shown.map((one) => html`<a href="${path}${one.path}"${one.path === section ? raw(' aria-current="page"') : ''}>${one.name}</a>`)}</nav>
</div></header>
<main id="main"><div class="wide">
${content}
</div></main>
<footer><div class="wide">
<span>${site.ivoid}</span>
<a href="${path}/tap">TAP</a>
<a href="${path}/oai?verb=Identify">OAI-PMH</a>
<a href="${path}/tap/capabilities">Capabilities</a>
<span>Published with Waymark</span>
</div></footer>
<div id="said" class="visually-hidden" role="status"></div>
</body>
</html>
`
  return whole.toString()
}

/** Path of the base URL, empty at the root of a host: links keep working behind a proxy that serves us below a path. */
export function pathOf(site: Pick<Site, 'baseUrl'>): string {
  return new URL(site.baseUrl).pathname.replace(/\/+$/, '')
}

/** A text with a button that copies it. */
export function copyable(text: string, options: { readonly label: string; readonly className?: string }): Html {
  return html`<span class="address"><code class="${options.className ?? ''}">${text}</code>${copyButton(text, options.label)}</span>`
}

/** Several lines of code with a button that copies them. */
export function snippet(text: string, label: string): Html {
  return html`<div class="snippet"><pre><code>${text}</code></pre>${copyButton(text, label)}</div>`
}

/** A table with a heading over each column; on a telephone each row becomes a block in which headings stand by the values. */
export function dataTable(headings: readonly string[], rows: readonly (readonly HtmlPart[])[]): Html {
  const cells = (row: readonly HtmlPart[]): readonly Html[] =>
    row.map((cell, index) => html`<td data-label="${headings[index]}">${cell}</td>`)
  return html`<div class="scroll stack"><table>
<thead><tr>${headings.map((heading) => html`<th scope="col">${heading}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${cells(row)}</tr>`)}</tbody></table></div>`
}

/** A row of a list of facts; left out when there is no value. */
export function fact(name: string, value: HtmlPart): Html | undefined {
  const empty = value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
  return empty ? undefined : html`<dt>${name}</dt><dd>${value}</dd>`
}

function copyButton(text: string, label: string): Html {
  return html`<button type="button" class="copy" data-copy="${text}" aria-label="Copy ${label}" hidden>Copy</button>`
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}
