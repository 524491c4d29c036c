// A `capability` element → a capability of a descriptor. What it is told by, and which of its short forms mean the
// same, is found out by building it again: the list of capabilities stays the only place that knows them.

import type { CapabilityType } from '../voresource/capabilities/capability.js'
import { type Capability, capabilityTypes, writeAnyCapability } from '../voresource/capabilities/index.js'
import type { BuildContext } from '../voresource/context.js'
import { readElements } from '../voresource/element-rules.js'
import type { Interface } from '../voresource/interfaces.js'
import { fragmentText } from '../xml/fragment-text.js'
import { attributeOf, childElements, firstChild, readXml, type XmlElement } from '../xml/reader.js'
import { XmlWriter } from '../xml/writer.js'
import { compareRecords } from './compare-records.js'
import { readInterface } from './read-interface.js'
import { compact, type Properties, paragraphs, token } from './read-names.js'
import { foreignType, xsiTypeName } from './xsi-type.js'

/** Context of a build that asks for nothing of this program. */
export const importContext: BuildContext = { self: { baseUrl: 'http://localhost' } }

/** All capabilities of a record, in the shortest form that builds the same. */
export function readCapabilities(elements: readonly XmlElement[], context: BuildContext): readonly Capability[] {
  return joinEndpoints(
    elements.map((one) => readCapability(one, context)),
    context,
  )
}

function readCapability(element: XmlElement, context: BuildContext): Capability {
  const standardId = attributeOf(element, 'standardID')?.trim()
  const xsiType = xsiTypeName(element) ?? 'vr:Capability'
  const kinds = capabilityTypes.flatMap((kind) => {
    const told = kind.xsiType === xsiType ? (kind.recognise ?? (() => ({})))(standardId || undefined) : undefined
    return told === undefined ? [] : [readAs(kind, element, told)]
  })
  const foreign = foreignType(element)
  const other = {
    type: 'vr:Capability',
    ...(xsiType === 'vr:Capability' || foreign === undefined ? {} : { xsiType: foreign }),
    ...(standardId === undefined || standardId === '' ? {} : { standardId }),
    ...commonPart(element),
  } as Capability
  let best = other
  let fewest = Number.POSITIVE_INFINITY
  for (const candidate of [...kinds, other]) {
    const differences = compareRecords(element, builtElement(candidate, context)).length
    if (differences < fewest) [best, fewest] = [candidate, differences]
  }
  return shorten(withExtensions(best, element, context), context)
}

function readAs(kind: CapabilityType<Capability>, element: XmlElement, told: Properties): Capability {
  const own = kind.read?.(element) ?? readElements(kind.elements ?? [], kind.shape, element)
  // The shape is not checked here: what does not fit it is for `validate` to say, with its place.
  return { type: kind.type, ...told, ...commonPart(element), ...own } as Capability
}

function commonPart(element: XmlElement): Properties {
  return (
    compact({
      description: paragraphs(firstChild(element, 'description')),
      interfaces: childElements(element, 'interface').map(readInterface),
      validationLevels: readValidationLevels(element),
    }) ?? {}
  )
}

/** Whole elements that nothing else says go where capability and interface take XML as it stands. */
function withExtensions(capability: Capability, element: XmlElement, context: BuildContext): Capability {
  const missing = compareRecords(element, builtElement(capability, context)).filter((one) => one.kind === 'missing')
  const fragments = (around: readonly XmlElement[]) =>
    missing.flatMap((one) =>
      one.element !== undefined && one.around?.length === around.length && one.around.at(-1) === around.at(-1)
        ? [`${fragmentText(one.element)}\n`]
        : [],
    )
  const extended = (around: readonly XmlElement[]) => {
    const text = fragments(around).join('')
    return text === '' ? {} : { extension: text }
  }
  const interfaces = childElements(element, 'interface')
  return {
    ...capability,
    ...(capability.interfaces === undefined
      ? {}
      : {
          interfaces: capability.interfaces.map((one, index) => {
            const source = interfaces[index]
            return source === undefined ? one : { ...one, ...extended([element, source]) }
          }),
        }),
    ...extended([element]),
  }
}

/** The judgements directly inside an element. */
export function readValidationLevels(element: XmlElement): readonly Properties[] {
  return childElements(element, 'validationLevel').map((one) => ({
    level: Number(token(one)),
    ...compact({ validatedBy: attributeOf(one, 'validatedBy') }),
  }))
}

/** The capability in the form with `accessUrl`, where that builds the same XML. */
function shorten(capability: Capability, context: BuildContext): Capability {
  const wanted = builtText([capability], context)
  return shorterForms(capability).find((form) => builtText([form], context) === wanted) ?? capability
}

/** Shortest first. */
function shorterForms(capability: Capability): readonly Capability[] {
  const { interfaces = [], ...rest } = capability
  const [first] = interfaces
  if (first === undefined) return []
  const same = interfaces.findIndex((one) => !isSameButMethod(one, first))
  const count = same < 0 ? interfaces.length : same
  const others = interfaces.slice(count)
  const methods = interfaces.slice(0, count).map((one) => one.securityMethod ?? 'anonymous')
  const short = {
    ...rest,
    accessUrl: first.accessUrl,
    ...(first.mirrorUrls === undefined ? {} : { mirrorUrls: first.mirrorUrls }),
    ...(methods.every((one) => one === 'anonymous') && count === 1 ? {} : { securityMethods: methods }),
    ...(others.length === 0 ? {} : { interfaces: others }),
  }
  return [rest, short, ...(first.version === undefined ? [] : [{ ...short, interfaceVersion: first.version }])]
}

function isSameButMethod(one: Interface, other: Interface): boolean {
  return JSON.stringify({ ...one, securityMethod: '' }) === JSON.stringify({ ...other, securityMethod: '' })
}

/** VOSI capabilities below one address → one entry, or the `endpoints` of the TAP service in front of them. */
function joinEndpoints(capabilities: readonly Capability[], context: BuildContext): readonly Capability[] {
  const joined: Capability[] = []
  for (const capability of capabilities) {
    const last = joined.at(-1)
    const endpoints = 'endpoints' in capability ? (capability.endpoints ?? []) : []
    const mayJoin =
      last !== undefined && capability.type === 'vosi' && (last.type === 'vosi' || last.type === 'tr:TableAccess')
    if (mayJoin) {
      const both: Capability = { ...last, endpoints: [...(last.endpoints ?? []), ...endpoints] }
      if (builtText([both], context) === builtText([last, capability], context)) {
        joined[joined.length - 1] = both
        continue
      }
    }
    joined.push(capability)
  }
  return joined
}

/** The first `capability` element that a capability becomes. */
function builtElement(capability: Capability, context: BuildContext): XmlElement {
  const root = readXml(builtText([capability], context))
  return firstChild(root, 'capability') ?? root
}

function builtText(capabilities: readonly Capability[], context: BuildContext): string {
  const xml = new XmlWriter('vosi:capabilities')
  for (const capability of capabilities) writeAnyCapability(capability, xml, context)
  return xml.finish({}, { schemaLocations: false })
}
