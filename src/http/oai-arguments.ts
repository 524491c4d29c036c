// The query string or form of a request → arguments in the order they were sent, repeated ones included.
import type { OaiArgument } from '../oai/problem.js'

/**
 * `verb=GetRecord&identifier=ivo%3A%2F%2Fx` → name and value pairs. The base URL may have been used with a question
 * mark of its own, `/oai??verb=…`. In a query a plus sign stays one, for IVOIDs may hold it and never a blank.
 */
export function queryArguments(url: string): readonly OaiArgument[] {
  const start = url.indexOf('?')
  return start < 0
    ? []
    : pairs(
        url
          .slice(start)
          .replace(/^[?&]+/, '')
          .replaceAll('+', '%2B'),
      )
}

/** A body of type application/x-www-form-urlencoded, where a plus sign is a blank. */
export function formArguments(body: unknown): readonly OaiArgument[] {
  return typeof body === 'string' ? pairs(body.trim()) : []
}

function pairs(encoded: string): readonly OaiArgument[] {
  return [...new URLSearchParams(encoded)].map(([name, value]) => ({ name, value }))
}
