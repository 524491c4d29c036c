// An element tree → the text of an XML fragment, indented, that `XmlWriter.fragment` reads back as the same tree.
import { escapeAttribute, escapeText } from './escape.js'
import { namespaceOfPrefix } from './namespaces.js'
import type { XmlElement } from './reader.js'

/** Namespaces that are not canonical ones of their prefix are declared where the fragment first needs them. */
export function fragmentText(element: XmlElement): string {
  return lines(element, {}, '').join('\n')
}

function lines(element: XmlElement, declared: Readonly<Record<string, string>>, indent: string): readonly string[] {
  const inScope: Record<string, string> = { ...declared }
  const declarations: string[] = []
  for (const prefix of prefixesOf(element)) {
    const uri = element.scope[prefix] ?? ''
    // Names without prefix stay without namespace below a descriptor, as VOResource wants it.
    if (prefix === 'xml' || uri === (inScope[prefix] ?? namespaceOfPrefix(prefix) ?? '')) continue
    inScope[prefix] = uri
    declarations.push(` xmlns${prefix === '' ? '' : `:${prefix}`}="${escapeAttribute(uri)}"`)
  }
  const name = element.prefix === '' ? element.name : `${element.prefix}:${element.name}`
  const attributes = element.attributes.map((one) => ` ${one.qualifiedName}="${escapeAttribute(one.value)}"`)
  const start = `${indent}<${name}${declarations.join('')}${attributes.join('')}`
  const inner = element.children.filter((child) => typeof child !== 'string' || child.trim() !== '')
  if (inner.length === 0) return [`${start}/>`]
  if (inner.every((child) => typeof child === 'string')) {
    const text = inner
      .join('')
      .trim()
      .replace(/\s*\n\s*/g, '\n')
    return `${start}>${escapeText(text)}</${name}>`.split('\n')
  }
  return [
    `${start}>`,
    ...inner.flatMap((child) =>
      typeof child === 'string' ? [`${indent}  ${escapeText(child.trim())}`] : lines(child, inScope, `${indent}  `),
    ),
    `${indent}</${name}>`,
  ]
}

/** Prefixes an element needs: of its name, its attributes, and of values that look like a qualified name. */
function prefixesOf(element: XmlElement): ReadonlySet<string> {
  const found = new Set<string>([element.prefix])
  for (const { qualifiedName, value } of element.attributes) {
    if (qualifiedName.includes(':')) found.add(qualifiedName.split(':', 1)[0] ?? '')
    const inValue = /^([A-Za-z_][\w.-]*):[A-Za-z_]/.exec(value)?.[1]
    if (inValue !== undefined && element.scope[inValue] !== undefined) found.add(inValue)
  }
  return found
}
