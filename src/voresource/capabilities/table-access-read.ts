// The elements of a tr:TableAccess capability → what its descriptor says: the way back of table-access.ts.
import { attributeOf, childElements, firstChild, textOf, type XmlElement } from '../../xml/reader.js'

type Properties = Readonly<Record<string, unknown>>

/** What TAPRegExt keeps in a capability, under the names of the descriptor. */
export function readTableAccess(
  capability: XmlElement,
  names: {
    /** Short name of a feature list or upload method → its IVOID. */
    readonly features: Readonly<Record<string, string>>
    readonly uploads: Readonly<Record<string, string>>
  },
): Properties {
  const [outputRows, outputBytes] = readDataLimits(firstChild(capability, 'outputLimit'))
  const [uploadRows, uploadBytes] = readDataLimits(firstChild(capability, 'uploadLimit'))
  return withoutEmpty({
    dataModels: childElements(capability, 'dataModel').map((one) => ({
      name: token(one),
      ivoid: attributeOf(one, 'ivo-id'),
    })),
    languages: childElements(capability, 'language').map((one) => readLanguage(one, names.features)),
    outputFormats: childElements(capability, 'outputFormat').map((one) =>
      withoutEmpty({
        mime: tokens(one, 'mime')[0],
        aliases: tokens(one, 'alias'),
        ivoid: attributeOf(one, 'ivo-id'),
      }),
    ),
    uploadMethods: childElements(capability, 'uploadMethod').flatMap((one) => {
      const ivoid = attributeOf(one, 'ivo-id')
      return ivoid === undefined ? [] : [shortName(ivoid, names.uploads)]
    }),
    retentionPeriodSeconds: readLimits(firstChild(capability, 'retentionPeriod')),
    executionDurationSeconds: readLimits(firstChild(capability, 'executionDuration')),
    outputLimitRows: outputRows,
    outputLimitBytes: outputBytes,
    uploadLimitRows: uploadRows,
    uploadLimitBytes: uploadBytes,
  })
}

function readLanguage(language: XmlElement, features: Readonly<Record<string, string>>): Properties {
  const lists = childElements(language, 'languageFeatures').map((list): [string, unknown] => [
    shortName(attributeOf(list, 'type') ?? '', features),
    childElements(list, 'feature').map((feature) => {
      const form = tokens(feature, 'form')[0]
      const description = firstChild(feature, 'description')
      return description === undefined ? form : { form, description: textOf(description).trim() }
    }),
  ])
  return withoutEmpty({
    name: tokens(language, 'name')[0],
    versions: tokens(language, 'version'),
    description: tokens(language, 'description')[0],
    features: lists.length === 0 ? undefined : Object.fromEntries(lists),
  })
}

function readLimits(limit: XmlElement | undefined, hasUnit: (unit: string | undefined) => boolean = () => true) {
  if (limit === undefined) return undefined
  const bounds = ['default', 'hard'].flatMap((key): [string, number][] => {
    const bound = firstChild(limit, key)
    if (bound === undefined || !hasUnit(attributeOf(bound, 'unit'))) return []
    const number = Number(token(bound))
    return Number.isInteger(number) ? [[key, number]] : []
  })
  return bounds.length === 0 ? undefined : Object.fromEntries(bounds)
}

/** Each bound states its unit: rows, then bytes (TAPRegExt 1.0 §2.4). */
function readDataLimits(limit: XmlElement | undefined): readonly [Properties | undefined, Properties | undefined] {
  return [readLimits(limit, (unit) => unit === 'row'), readLimits(limit, (unit) => unit === 'byte')]
}

/** The short name of an IVOID, compared without case (IVOA Identifiers 2.0 §2.1); itself when it has none. */
function shortName(ivoid: string, names: Readonly<Record<string, string>>): string {
  const known = Object.entries(names).find(([, one]) => one.toLowerCase() === ivoid.toLowerCase())
  return known === undefined ? ivoid : known[0]
}

function tokens(parent: XmlElement, name: string): readonly string[] {
  return childElements(parent, name).map(token)
}

function token(element: XmlElement): string {
  return textOf(element).trim().replace(/\s+/g, ' ')
}

/** Without what is undefined or an empty list. */
function withoutEmpty(all: Properties): Properties {
  return Object.fromEntries(
    Object.entries(all).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0)),
  )
}
