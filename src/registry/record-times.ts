// A record's document ↔ its `created` and `updated`: they come from the ledger and are no part of the content.
import { createHash } from 'node:crypto'
import { type Datestamp, readTimestamp } from '../core/datestamp.js'
import { rootTag } from '../xml/root-tag.js'

/** The document with these times on its root element, whatever times it had. */
export function withTimes(xml: string, created: string, updated: string): string {
  const tag = rootTag(xml)
  return xml.replace(tag, () => withAttribute(withAttribute(tag, 'created', created), 'updated', updated))
}

/** SHA-256 of the document without its times: changes exactly when the content does. */
export function contentHash(xml: string): string {
  return createHash('sha256')
    .update(withTimes(xml, '', ''))
    .digest('hex')
}

/** When the document says its record was created; undefined when it does not say. */
export function createdOf(xml: string): Datestamp | undefined {
  const value = attributePattern('created').exec(rootTag(xml))?.[2]
  return value === undefined ? undefined : readTimestamp(value)
}

/** `status` of the root element; absent means active (VOResource 1.2 §3.1). */
export function statusOf(xml: string): string {
  return attributePattern('status').exec(rootTag(xml))?.[2] ?? 'active'
}

function withAttribute(tag: string, name: string, value: string): string {
  const pattern = attributePattern(name)
  if (pattern.test(tag)) return tag.replace(pattern, (_whole, before: string) => `${before}"${value}"`)
  return tag.replace(/\/?>$/, (end) => ` ${name}="${value}"${end}`)
}

function attributePattern(name: string): RegExp {
  return new RegExp(`(\\s${name}\\s*=\\s*)["']([^"']*)["']`)
}
