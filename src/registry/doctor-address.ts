// The public address of OAI-PMH → what proxies and settings may have done to it.
import { isIP } from 'node:net'
import type { ClientOptions } from '../oai/client-request.js'
import type { DoctorFinding } from './doctor.js'

/** Checks of the address itself, then of what answers there. */
export async function* addressChecks(oaiUrl: string, client: ClientOptions): AsyncGenerator<DoctorFinding> {
  if (!URL.canParse(oaiUrl)) {
    yield { check: 'address', outcome: 'failed', message: `"${oaiUrl}" is not an address; set the base URL` }
    return
  }
  const url = new URL(oaiUrl)
  yield scheme(url)
  yield host(url)
  yield url.pathname.includes('//')
    ? { check: 'path', outcome: 'failed', message: `${oaiUrl} has a doubled slash; correct the base URL` }
    : { check: 'path', outcome: 'passed', message: url.pathname }
  yield await answersAt('answer', `${oaiUrl}?verb=Identify`, oaiUrl, client)
  // Some registries are registered with a question mark at the end.
  yield await answersAt('question mark', `${oaiUrl}??verb=Identify`, oaiUrl, client)
  yield await answersAt('POST', oaiUrl, oaiUrl, client, new URLSearchParams({ verb: 'Identify' }))
}

function scheme(url: URL): DoctorFinding {
  if (url.protocol === 'https:') return { check: 'scheme', outcome: 'passed', message: 'https' }
  const message = `${url.protocol}// is open to anyone on the way; expected https, unless harvesters cannot use it`
  return { check: 'scheme', outcome: url.protocol === 'http:' ? 'warning' : 'failed', message }
}

/** RFC 6761, RFC 1918: names and numbers that mean nothing outside. */
function host({ hostname }: URL): DoctorFinding {
  const isLocal =
    /(^|\.)(localhost|local|internal|invalid|test|example)$/.test(hostname) ||
    (isIP(hostname) === 4 && /^(0|10|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01]))\./.test(hostname)) ||
    /^\[(::1?|f[cd].*|fe80.*)\]$/.test(hostname)
  if (isLocal)
    return { check: 'host', outcome: 'failed', message: `${hostname} cannot be reached from outside; set the base URL` }
  if (isIP(hostname) !== 0)
    return { check: 'host', outcome: 'warning', message: `${hostname} is a number; a name outlives a machine` }
  return { check: 'host', outcome: 'passed', message: hostname }
}

async function answersAt(
  check: string,
  url: string,
  oaiUrl: string,
  client: ClientOptions,
  form?: URLSearchParams,
): Promise<DoctorFinding> {
  try {
    const response = await client.fetch(url, {
      // Several harvesters fail on a redirect of the base URL: the registered address has to be the final one.
      redirect: 'manual',
      headers: { 'user-agent': client.userAgent, accept: 'text/xml' },
      ...(client.signal === undefined ? {} : { signal: client.signal }),
      ...(form === undefined ? {} : { method: 'POST', body: form }),
    })
    const text = await response.text()
    if (response.status !== 200) return failed(`HTTP status ${response.status} at ${url}; expected 200`)
    if (!/^(text|application)\/xml\b/.test(response.headers.get('content-type') ?? ''))
      return failed(`${url} answers with type ${response.headers.get('content-type')}; expected text/xml`)
    const stated = /<(?:\w+:)?baseURL>\s*([^<]*?)\s*</.exec(text)?.[1]
    if (stated !== oaiUrl)
      return failed(`${url} calls itself ${stated ?? 'nothing'}; expected ${oaiUrl}. A proxy may change host or path.`)
    return { check, outcome: 'passed', message: `${url} answers as ${stated}` }
  } catch (error) {
    client.signal?.throwIfAborted()
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : ''
    return failed(`${url} does not answer${cause}`)
  }
  function failed(message: string): DoctorFinding {
    return { check, outcome: 'failed', message }
  }
}
