// A small family of records for tests: a registry, its authority, an organisation, catalogs, a tombstone, one of others.
import { type Datestamp, parseDatestamp } from '../../src/core/datestamp.js'
import { parseIvoid } from '../../src/core/ivoid.js'
import type { ResourceRecord } from '../../src/core/record.js'

export const registryIvoid = parseIvoid('ivo://example.edu/registry')
export const oaiBaseUrl = 'https://vo.example.edu/oai'

/** Test text → Datestamp; throws when it is none. */
export function stamp(text: string): Datestamp {
  const datestamp = parseDatestamp(text)
  if (datestamp === undefined) throw new TypeError(`${text} is no datestamp`)
  return datestamp
}

const namespaces = [
  ['ri', 'http://www.ivoa.net/xml/RegistryInterface/v1.0'],
  ['vr', 'http://www.ivoa.net/xml/VOResource/v1.0'],
  ['vs', 'http://www.ivoa.net/xml/VODataService/v1.1'],
  ['vg', 'http://www.ivoa.net/xml/VORegistry/v1.0'],
  ['xsi', 'http://www.w3.org/2001/XMLSchema-instance'],
]
  .map(([prefix, uri]) => `xmlns:${prefix}="${uri}"`)
  .join(' ')

interface Sample {
  readonly ivoid: string
  readonly title: string
  readonly type?: string
  readonly datestamp?: string
  readonly created?: string
  readonly altIdentifier?: string
  /** Elements after `content`. */
  readonly rest?: string
  readonly subject?: string
}

/** A valid VOResource document. */
export function sampleXml(sample: Sample): string {
  const updated = sample.datestamp ?? '2026-03-01T00:00:00Z'
  return `<ri:Resource ${namespaces} xsi:type="${sample.type ?? 'vs:CatalogResource'}" created="${sample.created ?? '2026-01-01T00:00:00Z'}" updated="${updated}" status="active">
<title>${sample.title}</title><identifier>${sample.ivoid}</identifier>${sample.altIdentifier === undefined ? '' : `<altIdentifier>${sample.altIdentifier}</altIdentifier>`}
<curation><publisher ivo-id="ivo://example.edu/org">Example Observatory</publisher><creator><name>Herschel, C.</name></creator><contributor>Leavitt, H. S.</contributor><date role="Created">2025-12-24</date><version>1.1</version><contact><name>Help desk</name><email>help@example.edu</email></contact></curation>
<content><subject>${sample.subject ?? 'catalogs'}</subject><description>A resource for tests &amp; examples.</description><source format="bibcode">2025EX....1..100E</source><referenceURL>https://example.edu/?a=1&amp;b=2</referenceURL><type>Catalog</type><contentLevel>Research</contentLevel><relationship><relationshipType>IsServedBy</relationshipType><relatedResource ivo-id="ivo://example.edu/tap">TAP</relatedResource></relationship></content>
${sample.rest ?? ''}</ri:Resource>`
}

/** An active record of our own. */
export function sampleRecord(sample: Sample): ResourceRecord {
  return {
    status: 'active',
    ivoid: parseIvoid(sample.ivoid),
    datestamp: stamp(sample.datestamp ?? '2026-03-01T00:00:00Z'),
    origin: registryIvoid,
    xml: sampleXml(sample),
  }
}

/** The registry's own record, full or not. */
export function registryXml(isFull = false, datestamp = '2026-03-01T00:00:00Z'): string {
  return sampleXml({
    ivoid: registryIvoid,
    title: 'Example Registry',
    type: 'vg:Registry',
    datestamp,
    rest: `<capability xsi:type="vg:Harvest" standardID="ivo://ivoa.net/std/Registry"><interface xsi:type="vg:OAIHTTP" role="std" version="1.0"><accessURL use="base">${oaiBaseUrl}</accessURL></interface><maxRecords>3</maxRecords></capability>
<full>${isFull}</full><managedAuthority>example.edu</managedAuthority>
`,
  })
}

/** Seven of our own, one of them deleted, one with a DOI; and one of another registry. */
export function sampleRecords(isFull = false): readonly ResourceRecord[] {
  return [
    {
      status: 'active',
      ivoid: registryIvoid,
      datestamp: stamp('2026-03-01T00:00:00Z'),
      origin: registryIvoid,
      isPublisher: true,
      xml: registryXml(isFull),
    },
    sampleRecord({
      ivoid: 'ivo://example.edu',
      title: 'Example Authority',
      type: 'vg:Authority',
      rest: '<managingOrg ivo-id="ivo://example.edu/org">Example Observatory</managingOrg>\n',
    }),
    sampleRecord({ ivoid: 'ivo://example.edu/org', title: 'Example Observatory', type: 'vr:Organisation' }),
    sampleRecord({
      ivoid: 'ivo://example.edu/Stars',
      title: 'Stars &lt;1 &amp; Co',
      datestamp: '2026-03-02T10:00:00Z',
    }),
    sampleRecord({
      ivoid: 'ivo://example.edu/galaxies+1',
      title: 'Galaxies',
      datestamp: '2026-03-02T10:00:00Z',
      altIdentifier: 'doi:10.5072/galaxies',
    }),
    {
      status: 'deleted',
      ivoid: parseIvoid('ivo://example.edu/gone'),
      datestamp: stamp('2026-03-03T12:00:00Z'),
      origin: registryIvoid,
    },
    sampleRecord({ ivoid: 'ivo://example.edu/quasars', title: 'Quasars', datestamp: '2026-03-04T00:00:00Z' }),
    {
      status: 'active',
      ivoid: parseIvoid('ivo://elsewhere.org/cat'),
      datestamp: stamp('2026-02-01T00:00:00Z'),
      origin: parseIvoid('ivo://elsewhere.org/registry'),
      xml: sampleXml({ ivoid: 'ivo://elsewhere.org/cat', title: 'Elsewhere' }),
    },
  ]
}
