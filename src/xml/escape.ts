// Text → XML text. For row loops and streams, where a document tree would cost 25 times as much.

// XML 1.0 §2.2: what may not occur at all, not even as a character reference; lone surrogates included.
const illegal =
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g
const suspect = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uD800-\uDFFF\uFFFE\uFFFF]/
const special = /[&<>]/
/** One look at each letter of a text that needs nothing, which most texts do. */
const suspectOrSpecial = new RegExp(`${special.source}|${suspect.source}`)
const specialInAttribute = /[&<>"\t\n\r]/

/** XML can carry each character. */
export function isLegalText(text: string): boolean {
  return !suspect.test(text) || text.search(illegal) < 0
}

/** Characters that XML cannot carry become `?` (RegTAP 1.2 §4.4: unstorable characters). */
export function withoutIllegalCharacters(text: string): string {
  return suspect.test(text) ? text.replace(illegal, '?') : text
}

/** Text content of an element. */
export function escapeText(text: string): string {
  if (!suspectOrSpecial.test(text)) return text
  const legal = withoutIllegalCharacters(text)
  return legal.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Value of an attribute written in double quotes; white space survives attribute normalisation. */
export function escapeAttribute(text: string): string {
  const legal = withoutIllegalCharacters(text)
  if (!specialInAttribute.test(legal)) return legal
  return legal
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\t', '&#9;')
    .replaceAll('\n', '&#10;')
    .replaceAll('\r', '&#13;')
}
