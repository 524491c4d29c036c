// Every namespace once: schemas/namespaces.json → URI, canonical prefix, schema address.
import { readProjectJson } from '../core/project-files.js'

interface NamespaceDeclaration {
  readonly prefix: string
  readonly uri: string
  /** Where the schema document is published. */
  readonly schema?: string
  /** Met in old records, never written. */
  readonly readOnly?: boolean
}

/** All known namespaces, in the order of the declaration file. */
export const knownNamespaces: readonly NamespaceDeclaration[] = readProjectJson<{ namespaces: NamespaceDeclaration[] }>(
  'schemas/namespaces.json',
).namespaces

const prefixByUri = new Map(knownNamespaces.map((one) => [one.uri, one.prefix]))
const uriByPrefix = new Map(knownNamespaces.filter((one) => !one.readOnly).map((one) => [one.prefix, one.uri]))

/** The canonical prefix of a namespace (RegTAP 1.2 §5), undefined for an unknown one. */
export function canonicalPrefix(uri: string): string | undefined {
  return prefixByUri.get(uri)
}

/** The namespace we write under a canonical prefix; a prefix we do not know is a mistake of ours. */
export function namespaceUri(prefix: string): string {
  const uri = uriByPrefix.get(prefix)
  if (uri === undefined) throw new TypeError(`no namespace is declared for the prefix ${prefix}`)
  return uri
}

/** The namespace a prefix stands for when nobody declares it otherwise; undefined for a prefix we do not know. */
export function namespaceOfPrefix(prefix: string): string | undefined {
  return uriByPrefix.get(prefix)
}

/** `http://www.w3.org/2001/XMLSchema-instance` */
export const xsiNamespace = namespaceUri('xsi')
