// A document → the text of its root element's start tag, for work that need not read the rest.

/** The offset of the root element, after XML declaration, comments and processing instructions. */
export function rootStart(xml: string): number {
  const prolog = /^(?:\s+|<\?.*?\?>|<!--.*?-->)*/s.exec(xml)?.[0] ?? ''
  return prolog.length
}

/** The start tag as written; `>` may stand in its attribute values. */
export function rootTag(xml: string, start = rootStart(xml)): string {
  let quote = ''
  for (let index = start; index < xml.length; index++) {
    const character = xml.charAt(index)
    if (quote !== '') {
      if (character === quote) quote = ''
    } else if (character === '"' || character === "'") quote = character
    else if (character === '>') return xml.slice(start, index + 1)
  }
  return xml.slice(start)
}
