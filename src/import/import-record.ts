// A resource record → its descriptor and a list of all that the descriptor does not carry. The list is no promise of
// the reader: the record is built again from the descriptor and compared with the one that came.
import { RegistryError } from '../core/errors.js'
import { buildRecord } from '../voresource/build.js'
import type { BuildContext, Profile } from '../voresource/context.js'
import type { Descriptor } from '../voresource/resource-types/index.js'
import { fragmentText } from '../xml/fragment-text.js'
import { readXml, type XmlElement } from '../xml/reader.js'
import { compareRecords, type Difference } from './compare-records.js'
import { type Conversion, modernise } from './modernise.js'
import { importContext } from './read-capability.js'
import { readRecord } from './read-record.js'

/** A record as descriptor. */
export interface ImportedRecord {
  readonly descriptor: Descriptor
  /** Schema versions in which it says the most of what the record said. */
  readonly profile: Profile
  /** What was put in another form that means the same. */
  readonly conversions: readonly Conversion[]
  /** What the record built from the descriptor says differently. */
  readonly losses: readonly Difference[]
}

/** Imports a record. Throws kind `invalid` when it is one of a generation that cannot be read. */
export function importRecord(element: XmlElement): ImportedRecord {
  const generation = /^http:\/\/www\.ivoa\.net\/xml\/(?:RegistryInterface|VOResource)\/v0\.\d+/.exec(element.namespace)
  if (generation !== null)
    throw new RegistryError(
      'invalid',
      `The record is of the generation before VOResource 1.0 (${generation[0]}); it has neither capabilities nor roles that could be read. Ask its publisher for one of the present.`,
    )
  const inProfile = (profile: Profile): ImportedRecord => {
    const { record, conversions } = modernise(element, profile)
    return { ...carry(record, profile), profile, conversions }
  }
  const conservative = inProfile('conservative')
  if (conservative.losses.length === 0) return conservative
  const current = inProfile('current')
  return current.losses.length < conservative.losses.length ? current : conservative
}

function carry(record: XmlElement, profile: Profile): Pick<ImportedRecord, 'descriptor' | 'losses'> {
  const context: BuildContext = { ...importContext, profile }
  const read = readRecord(record, context)
  const first = compareRecords(record, rebuilt(read, context))
  const descriptor = withExtensions(read, first)
  const losses = descriptor === read ? first : compareRecords(record, rebuilt(descriptor, context))
  return { descriptor, losses }
}

function rebuilt(descriptor: Descriptor, context: BuildContext): XmlElement {
  return readXml(buildRecord(descriptor, context))
}

/** Whole elements of the resource that nothing else says go where the descriptor takes XML as it stands. */
function withExtensions(descriptor: Descriptor, missing: readonly Difference[]): Descriptor {
  const fragments = missing.flatMap(({ kind, element, around }) =>
    kind === 'missing' && element !== undefined && around?.length === 1 ? [fragmentText(element)] : [],
  )
  return fragments.length === 0 ? descriptor : { ...descriptor, extension: `${fragments.join('\n')}\n` }
}
