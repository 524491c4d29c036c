// User-Agent → the family of the client: a short list, so that counting by it stays small whatever clients send.

/** First match counts: pyvo names python-requests too, browsers name each other. */
const families: readonly (readonly [string, RegExp])[] = [
  ['pyvo', /pyvo/i],
  ['astroquery', /astroquery/i],
  ['TOPCAT', /topcat/i],
  ['STILTS', /stilts/i],
  ['Aladin', /aladin/i],
  ['CASSIS', /cassis/i],
  ['Firefly', /firefly/i],
  ['DaCHS', /dachs|gavo/i],
  ['other Java', /^java|apache-httpclient|okhttp|jersey/i],
  ['other Python', /python|aiohttp|httpx|astropy/i],
  ['curl or wget', /curl|wget|libwww/i],
  ['search engine', /bot\b|crawl|spider|slurp/i],
  ['browser', /mozilla|opera/i],
]

/** Names of all families, in the order of the list. */
export const clientFamilies: readonly string[] = [...families.map(([name]) => name), 'unnamed', 'other']

/** The family of a client by its User-Agent. */
export function clientFamily(userAgent: string | undefined): string {
  const text = (userAgent ?? '').slice(0, 500).trim()
  if (text === '') return 'unnamed'
  return families.find(([, pattern]) => pattern.test(text))?.[0] ?? 'other'
}
