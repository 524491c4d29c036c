// The requests with which the Registry of Registries tries a registry's manners, and what it takes for an answer.

export interface Probe {
  readonly query: string
  /** Error codes, or `success` for an answer without error. */
  readonly accepts: readonly string[]
}

const success = ['success']
const empty = ['success', 'noRecordsMatch']
const refusedList = ['badArgument', 'noRecordsMatch']
const unknownIdentifier = ['idDoesNotExist', 'badArgument']
const uglyIdentifier = encodeURIComponent('really"wrong\\id')

/** In the order they are sent. */
export const probes: readonly Probe[] = [
  { query: 'verb=Identify', accepts: success },
  { query: 'verb=Identify&nonsense=1', accepts: ['badArgument'] },
  { query: 'verb=ListMetadataFormats', accepts: success },
  { query: 'verb=ListSets', accepts: success },
  { query: 'verb=ListIdentifiers&metadataPrefix=oai_dc', accepts: success },
  { query: 'verb=ListIdentifiers&metadataPrefix=oai_dc&set=ivo_managed', accepts: success },
  { query: 'verb=ListIdentifiers&metadataPrefix=oai_dc&from=2001-01-01', accepts: success },
  { query: 'verb=ListRecords&metadataPrefix=oai_dc', accepts: success },
  { query: 'verb=ListIdentifiers&metadataPrefix=oai_dc&from=2000-01-01&until=2000-01-01', accepts: empty },
  { query: 'verb=ListRecords&metadataPrefix=oai_dc&from=2000-01-01&until=2000-01-01', accepts: empty },
  {
    query: 'verb=ListIdentifiers&metadataPrefix=oai_dc&from=2001-01-01T00:00:00Z',
    accepts: ['success', 'badArgument'],
  },
  {
    query:
      'verb=ListIdentifiers&metadataPrefix=oai_dc&set=really_wrong_set&from=some_random_date&until=some_random_date',
    accepts: ['badArgument', 'noSetHierarchy'],
  },
  {
    query: 'verb=ListIdentifiers&metadataPrefix=oai_dc&from=2001-01-01&until=2002-01-01T00:00:00Z',
    accepts: refusedList,
  },
  { query: 'verb=ListIdentifiers&metadataPrefix=oai_dc&from=2002-01-01&until=2001-01-01', accepts: refusedList },
  { query: 'verb=ListIdentifiers&metadataPrefix=oai_dc&until=1969-01-01', accepts: refusedList },
  { query: 'verb=ListIdentifiers', accepts: ['badArgument'] },
  { query: 'verb=ListIdentifiers&metadataPrefix=oai_dc&metadataPrefix=oai_dc', accepts: ['badArgument'] },
  { query: 'verb=ListIdentifiers&metadataPrefix=oai_dc&from=2001', accepts: ['badArgument'] },
  { query: 'verb=ListIdentifiers&metadataPrefix=no_such_format', accepts: ['cannotDisseminateFormat', 'badArgument'] },
  { query: 'verb=ListIdentifiers&resumptionToken=junktoken', accepts: ['badResumptionToken'] },
  { query: 'verb=ListRecords', accepts: ['badArgument'] },
  { query: 'verb=ListRecords&resumptionToken=junktoken', accepts: ['badResumptionToken'] },
  {
    query: 'verb=ListMetadataFormats&identifier=ivo%3A%2F%2Fno.such.authority%2Fno_record',
    accepts: unknownIdentifier,
  },
  { query: `verb=ListMetadataFormats&identifier=${uglyIdentifier}`, accepts: unknownIdentifier },
  {
    query: 'verb=GetRecord&metadataPrefix=oai_dc&identifier=ivo%3A%2F%2Fno.such.authority%2Fno_record',
    accepts: unknownIdentifier,
  },
  { query: `verb=GetRecord&metadataPrefix=oai_dc&identifier=${uglyIdentifier}`, accepts: unknownIdentifier },
  { query: 'verb=GetRecord&metadataPrefix=oai_dc', accepts: ['badArgument'] },
  { query: 'verb=GetRecord', accepts: ['badArgument'] },
  { query: 'verb=NoSuchVerb', accepts: ['badVerb'] },
]
