// QNames in xsi:type attributes → the name rr keeps: canonical prefix, lower case (RegTAP 1.2 §5).
import { canonicalPrefix, knownNamespaces, xsiNamespace } from '../xml/namespaces.js'
import { attributeOf, type XmlElement } from '../xml/reader.js'

// `http://www.ivoa.net/xml/SSA/v0.4` belongs to the family `http://www.ivoa.net/xml/ssa`: drafts and old versions of
// a schema take the prefix of the schema they became.
const familyPrefixes = new Map(knownNamespaces.map((one) => [familyOf(one.uri), one.prefix]))
const knownPrefixes = new Set(knownNamespaces.map((one) => one.prefix))

// Where a prefix is missing altogether, the name of the type says which schema it comes from.
const prefixesByType: ReadonlyMap<string, string> = new Map(
  Object.entries({
    vr: ['resource', 'organisation', 'service', 'webbrowser', 'webservice', 'capability'],
    vg: ['authority', 'registry', 'harvest', 'search', 'oaihttp', 'oaisoap'],
    vs: [
      ...['catalogservice', 'catalogresource', 'dataservice', 'dataresource', 'datacollection', 'standardstc'],
      ...['paramhttp', 'tabularskyservice', 'skyservice', 'votabletype', 'taptype', 'tapdatatype', 'simpledatatype'],
    ],
    vstd: ['standard', 'servicestandard', 'standardkeyenumeration'],
    tr: ['tableaccess'],
    cs: ['conesearch'],
    sia: ['simpleimageaccess'],
    ssap: ['simplespectralaccess', 'protospectralaccess'],
    slap: ['simplelineaccess'],
    doc: ['document', 'edition'],
  }).flatMap(([prefix, types]) => types.map((type): [string, string] => [type, prefix])),
)

/** The xsi:type of an element with its canonical prefix, in lower case; null when there is none. */
export function typeOf(element: XmlElement): string | null {
  const written = attributeOf(element, 'type', xsiNamespace)?.trim()
  if (written === undefined || written === '') return null
  return canonicalTypeName(written, element.scope)
}

/** `vdata:CatalogService`, with the bindings in force → `vs:catalogservice`. */
export function canonicalTypeName(written: string, scope: Readonly<Record<string, string>>): string {
  const colon = written.indexOf(':')
  const prefix = colon < 0 ? '' : written.slice(0, colon)
  const name = written.slice(colon + 1).toLowerCase()
  const uri = scope[prefix]
  const canonical =
    (uri === undefined || uri === '' ? undefined : (canonicalPrefix(uri) ?? familyPrefixes.get(familyOf(uri)))) ??
    guessPrefix(prefix, name)
  return canonical === '' ? name : `${canonical}:${name}`
}

/** For a prefix that is bound to nothing we know: itself when it is a usual one, else by the name of the type. */
function guessPrefix(prefix: string, name: string): string {
  const lower = prefix.toLowerCase()
  if (knownPrefixes.has(lower)) return lower
  return prefixesByType.get(name) ?? lower
}

function familyOf(uri: string): string {
  return uri.toLowerCase().replace(/\/(v?\d[^/]*|[^/]*-v\d[^/]*)\/?$/, '')
}
