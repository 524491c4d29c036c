// Searches written for people → the DALI examples document (DALI 1.2 §2.3); the query page and the tests use them too.
import { readProjectJson } from '../core/project-files.js'
import { escapeText } from '../xml/escape.js'

/** One search worth copying. */
export interface QueryExample {
  /** Letters, digits and hyphens; the fragment of its address. */
  readonly id: string
  /** What it finds, in a few words. */
  readonly name: string
  /** What is worth knowing about it. */
  readonly description: string
  readonly query: string
  /** Tables it reads, by qualified name. */
  readonly tables: readonly string[]
}

/** The examples, the easiest first. */
export function queryExamples(): readonly QueryExample[] {
  return readProjectJson<{ readonly examples: readonly QueryExample[] }>('schemas/query-examples.json').examples
}

/** The document: XHTML with RDFa, readable without style and script. `tapUrl` is the base address of the service. */
export function examplesDocument(examples: readonly QueryExample[], tapUrl: string): string {
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml" lang="en">\n' +
    '<head>\n<meta charset="UTF-8"/>\n<title>Example queries of the registry</title>\n' +
    '<style>body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}pre{background:#f4f4f4;padding:.8rem;overflow-x:auto}</style>\n' +
    // The only vocab attribute there may be (DALI 1.2 §2.3).
    '</head>\n<body vocab="http://www.ivoa.net/rdf/examples#">\n<h1>Example queries of the registry</h1>\n' +
    `<p>Each of these can be sent as it stands to ${escapeText(tapUrl)}.</p>\n${examples.map(exampleElement).join('')}</body>\n</html>\n`
  )
}

// Properties hold text only and stand on no element with href or src: RDFa would take the link instead.
function exampleElement(example: QueryExample): string {
  const tables = example.tables.map((table) => `<span property="table">${escapeText(table)}</span>`).join(', ')
  return (
    `<div id="${example.id}" resource="#${example.id}" typeof="example">\n` +
    `<h2 property="name">${escapeText(example.name)}</h2>\n<p>${escapeText(example.description)}</p>\n` +
    `<pre property="query">${escapeText(example.query)}</pre>\n<p>Tables: ${tables}</p>\n</div>\n`
  )
}
