// A few facts about a publisher → the text of a first set of descriptors, which validates, publishes and shows how to go on.

/** What whoever starts a registry is asked. */
export interface StarterFacts {
  /** Naming authority, as archive.example.edu. */
  readonly authority: string
  /** Name of the organisation that publishes. */
  readonly publisher: string
  /** Its page for people. */
  readonly homepage: string
  readonly email: string
  /** Name of the registry. */
  readonly title: string
}

/**
 * Files by their paths below the resources folder: site defaults, the three records that every registry has, its search
 * service, and a TAP service with one catalog as an example. `schema` is where editors find the schema of descriptors, as
 * seen from the resources folder.
 */
export function starterFiles(facts: StarterFacts, schema: string): ReadonlyMap<string, string> {
  const { authority, publisher, homepage, email, title } = facts
  const organisation = `ivo://${authority}/organisation`
  const head = (depth: number, comment: string): string =>
    `# yaml-language-server: $schema=${'../'.repeat(depth)}${schema}\n${comment.replace(/^/gm, '# ')}\n`
  const about = (subject: string, description: string): string =>
    `title: ${quoted(subject)}\ndescription: ${quoted(description)}\nreferenceUrl: ${quoted(homepage)}\n`
  return new Map([
    [
      'site.yaml',
      `# What every record of this folder gets unless it says otherwise.
authority: ${quoted(authority)}      # IVOIDs are made of it and the path of the file; it never changes
publisher: { name: ${quoted(publisher)}, ivoid: ${quoted(organisation)} }
creators: [${quoted(publisher)}]
contacts: [{ name: Help desk, email: ${quoted(email)} }]
contentLevels: [Research]
rights: [{ text: Creative Commons Attribution 4.0, uri: https://spdx.org/licenses/CC-BY-4.0.html }]

# What all TAP services of this folder have in common.
capabilityDefaults:
  tr:TableAccess:
    endpoints: [capabilities, availability, tables, examples]
    languages: [{ name: ADQL, versions: ['2.0', '2.1'], features: { adqlgeo: [POINT, CIRCLE, CONTAINS] } }]
    outputFormats: [{ mime: application/x-votable+xml, aliases: [votable] }, { mime: text/csv;header=present, aliases: [csv] }]
`,
    ],
    [
      'authority.yaml',
      `${head(0, 'The naming authority: it says who hands out identifiers that begin with it.')}type: vg:Authority
${about(`${publisher} naming authority`, `Names the resources that ${publisher} publishes to the Virtual Observatory.`)}subjects: [virtual-observatories]
managingOrg: { name: ${quoted(publisher)}, ivoid: ${quoted(organisation)} }
`,
    ],
    [
      'organisation.yaml',
      `${head(0, 'Who publishes.')}type: vr:Organisation
${about(publisher, `${publisher} publishes its data and services to the Virtual Observatory.`)}subjects: [virtual-observatories]
contentTypes: [Organisation]
`,
    ],
    [
      'registry.yaml',
      `${head(0, 'This registry. Its addresses come from the configured base URL.')}type: vg:Registry
self: true
full: false            # true for a registry that harvests the whole Virtual Observatory
${about(title, `A publishing registry: it hands out the records of ${publisher} to the registries that harvest it.`)}subjects: [virtual-observatories]
contentTypes: [Registry]
`,
    ],
    [
      'regtap.yaml',
      `${head(0, 'The search service of this registry; addresses, languages, limits and tables are supplied by the program.')}type: vs:CatalogService
self: true
${about(`Search ${title}`, 'The records of this registry in the tables of RegTAP, to be searched with ADQL.')}subjects: [virtual-observatories]
contentTypes: [Registry]
`,
    ],
    [
      'tap.yaml',
      `${head(0, 'AN EXAMPLE: your TAP service. Put its true address and description here, or take the file away.')}type: vs:CatalogService
title: ${quoted(`${publisher} TAP service`)}
description: ${quoted(`Queries in ADQL over the tables that ${publisher} publishes.`)}
referenceUrl: ${quoted(homepage)}
subjects: [catalogs]
contentTypes: [Catalog]
capabilities:
  - type: tr:TableAccess
    description: Queries in ADQL over all tables.
    accessUrl: https://tap.${authority}/tap
`,
    ],
    [
      'catalogs/bright-stars.yaml',
      `${head(1, 'AN EXAMPLE: one catalog, served by the TAP service. One file like this for each catalog lets people find its tables.\nColumns need not be typed: "waymark import" writes descriptors from a service, a table or a record.')}type: vs:CatalogResource
title: Bright Stars
shortName: Bright Stars
servedBy: ivo://${authority}/tap       # adds the capability and the relationship
description: |
  Positions and magnitudes of 9,110 stars brighter than magnitude 6.5.

  This is an example that came with the program; its data do not exist.
referenceUrl: ${quoted(homepage)}
subjects: [catalogs, stellar-photometry]     # terms of the Unified Astronomy Thesaurus
contentTypes: [Catalog]
source: { doi: 10.5072/example }              # or { bibcode: … }
coverage:
  spatial: 6/0-49151                          # an ASCII MOC
  temporal: [[1990-01-01, 1995-12-31]]
  spectral: { unit: nm, intervals: [[500, 600]] }
  wavebands: [Optical]
tableset:
  schemas:
    - name: bright
      tables:
        - name: bright.star
          description: One row per star
          nrows: 9110
          columns:
            - { name: id, datatype: int, ucd: meta.id;meta.main, description: Number of the star, flags: [indexed, primary] }
            - { name: ra, datatype: double, unit: deg, ucd: pos.eq.ra;meta.main, description: Right ascension (ICRS) }
            - { name: dec, datatype: double, unit: deg, ucd: pos.eq.dec;meta.main, description: Declination (ICRS) }
            - { name: vmag, datatype: float, unit: mag, ucd: phot.mag;em.opt.V, description: Magnitude in the V band }
`,
    ],
  ])
}

/** A text as YAML, inside a flow map too: bare where that is safe, else in the form of JSON, which is a part of YAML. */
function quoted(text: string): string {
  const isBare =
    /^[A-Za-z](?:[\w.()@/~-]|:\/\/| (?=\S))*$/.test(text) && !/^(true|false|null|yes|no|on|off)$/i.test(text)
  return isBare ? text : JSON.stringify(text)
}
