// Templates → HTML. Every value is escaped on its way in, so that a stranger's text can be read but never acts.
import { escapeAttribute } from '../xml/escape.js'

/** Finished HTML. Made by the `html` template and `raw` only. */
export class Html {
  readonly #text: string
  constructor(key: typeof maker, text: string) {
    if (key !== maker) throw new TypeError('Html is made with the html template, never directly.')
    this.#text = text
  }
  toString(): string {
    return this.#text
  }
}

const maker = Symbol('maker of Html')

/** What may stand in a template; undefined, null and false leave nothing, lists are joined. */
export type HtmlPart = Html | string | number | bigint | boolean | null | undefined | readonly HtmlPart[]

/** HTML with values: html`<a href="${url}">${title}</a>`. Attribute values must stand in quotation marks. */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  let text = strings[0] ?? ''
  for (const [index, part] of parts.entries()) text += render(part) + (strings[index + 1] ?? '')
  return new Html(maker, text)
}

/** Our own finished markup, such as a drawing; never a value. */
export function raw(markup: string): Html {
  return new Html(maker, markup)
}

function render(part: HtmlPart): string {
  if (part instanceof Html) return part.toString()
  if (Array.isArray(part)) return part.map(render).join('')
  if (part === undefined || part === null || part === false || part === true) return ''
  return escapeAttribute(String(part))
}

/** An address that may stand in href: http and https only; anything else (javascript:, data:) gives undefined. */
export function safeHref(url: string | null | undefined): string | undefined {
  return url !== null && url !== undefined && /^https?:\/\//i.test(url) && URL.canParse(url) ? url : undefined
}
