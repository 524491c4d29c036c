// What stands at the base address of the TAP service, for people who paste it into a browser (TAP 1.1 §2).
import { formats } from '../formats/index.js'
import { qualifiedName, type Schema } from '../tables/metadata.js'
import { escapeAttribute, escapeText } from '../xml/escape.js'

const places: readonly (readonly [path: string, meaning: string])[] = [
  ['sync', 'queries answered at once (parameters QUERY, LANG, RESPONSEFORMAT, MAXREC, UPLOAD)'],
  ['async', 'queries as jobs, for those that take longer'],
  ['tables', 'the tables and columns, as VOSI tables document'],
  ['examples', 'queries to start from'],
  ['capabilities', 'what the service can do'],
  ['availability', 'whether the database answers'],
]

/** A page with the endpoints, the tables and the formats. `tapUrl` without trailing slash. */
export function overviewDocument(tapUrl: string, schemas: readonly Schema[]): string {
  const base = escapeAttribute(tapUrl)
  const tables = schemas.flatMap((schema) => schema.tables)
  const first = `${base}/sync?LANG=ADQL&amp;RESPONSEFORMAT=html&amp;QUERY=${encodeURIComponent('SELECT TOP 20 ivoid, res_title FROM rr.resource')}`
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml" lang="en">\n' +
    '<head>\n<meta charset="UTF-8"/>\n<meta name="viewport" content="width=device-width"/>\n<title>TAP service of the registry</title>\n' +
    '<style>body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}code{background:#f4f4f4}</style>\n</head>\n' +
    `<body>\n<h1>TAP service of the registry</h1>\n<p>Give the address <code>${base}</code> to TOPCAT, pyvo or any other TAP client. ` +
    `<a href="${first}">The first 20 resources</a> show that it works.</p>\n` +
    `<ul>\n${places.map(([path, meaning]) => `<li><a href="${base}/${path}">/${path}</a>: ${meaning}</li>\n`).join('')}</ul>\n` +
    `<h2>Tables</h2>\n<ul>\n${tables
      .map((table) => {
        const name = qualifiedName(table)
        return `<li><a href="${base}/tables/${encodeURIComponent(name)}">${escapeText(name)}</a>${table.description === undefined ? '' : `: ${escapeText(table.description)}`}</li>\n`
      })
      .join('')}</ul>\n` +
    `<h2>Formats</h2>\n<p>${formats.map((format) => `<code>${escapeText(format.aliases[0] ?? format.mediaType)}</code>`).join(', ')}</p>\n</body>\n</html>\n`
  )
}
