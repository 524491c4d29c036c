// RESPONSEFORMAT → output format and the Content-Type to send (DALI 1.2 §4.3.3; TAP 1.1 §2.7.3).
// The Accept header has no say on /sync: Java clients send `text/html, image/gif …` and want a VOTable.
import { RegistryError } from '../core/errors.js'
import type { Format } from './format.js'
import { formats } from './index.js'
import { votable } from './votable.js'

/** What the client gets. */
export interface ChosenFormat {
  readonly format: Format
  /** The media type as the client asked for it, or the format's own. */
  readonly contentType: string
}

/** Short form or media type, in any case, with any spacing → format; absent or empty means VOTable. Throws kind `usage` for an unknown one. */
export function chooseFormat(requested: string | undefined): ChosenFormat {
  const wanted = normalise(requested ?? '')
  if (wanted === '') return { format: votable, contentType: contentTypeOf(votable) }
  const format = formats.find((one) => namesOf(one).includes(wanted)) ?? withoutUnknownParameters(wanted)
  if (format === undefined) {
    throw new RegistryError(
      'usage',
      `RESPONSEFORMAT "${(requested ?? '').slice(0, 100)}" is not available; expected one of ${formats
        .map((one) => one.aliases[0] ?? one.mediaType)
        .join(', ')}, or a media type such as ${votable.mediaType}.`,
    )
  }
  return { format, contentType: contentTypeOf(format, wanted) }
}

function namesOf(format: Format): readonly string[] {
  return [format.mediaType, ...format.aliases].map(normalise)
}

// `text/csv;header=present;charset=utf-8` and `text/html;charset=UTF-8` ask for what we send anyway; a serialization
// we do not have must not silently become another one.
function withoutUnknownParameters(wanted: string): Format | undefined {
  const [type = '', ...parameters] = wanted.split(';')
  if (!type.includes('/')) return undefined
  const telling = parameters.filter((parameter) => parameter.startsWith('serialization='))
  const reduced = [type, ...telling].join(';')
  return formats.find((format) => namesOf(format).includes(reduced))
}

/** Comparable form: lower case, no blanks around `;` and `=`, no quotation marks. */
function normalise(mediaType: string): string {
  return mediaType
    .trim()
    .toLowerCase()
    .replace(/\s*([;=])\s*/g, '$1')
    .replaceAll('"', '')
}

function contentTypeOf(format: Format, wanted = ''): string {
  const asked =
    /^(application|text|image)\//.test(wanted) && !format.mediaType.startsWith('text/')
      ? asWritten(format, wanted)
      : format.mediaType
  return /^text\/(plain|html|tab-separated-values)$/.test(asked) ? `${asked};charset=utf-8` : asked
}

// The spelling of our own lists, so that `serialization=BINARY2` comes back in the case the standard has.
function asWritten(format: Format, wanted: string): string {
  return [format.mediaType, ...format.aliases].find((name) => normalise(name) === wanted) ?? format.mediaType
}
