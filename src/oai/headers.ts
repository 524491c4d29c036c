// A part of a list → its headers, read in passing: also from a part whose records are broken.

export interface ListHeader {
  readonly identifier: string
  /** As the registry writes it; may be empty. */
  readonly datestamp: string
}

const header =
  /<(?:[\w.-]+:)?header[^>]*>\s*<(?:[\w.-]+:)?identifier>\s*([^<\s]+)\s*<\/[^>]*>(?:\s*<(?:[\w.-]+:)?datestamp>\s*([^<\s]+))?/g

/** Headers in their order; damaged ones are missed. */
export function* listHeaders(document: string): Generator<ListHeader> {
  // A copy of its own: a string cut out of a page keeps the whole page in memory.
  for (const [, identifier = '', datestamp = ''] of document.matchAll(header))
    yield { identifier: Buffer.from(identifier, 'utf8').toString('utf8'), datestamp }
}
