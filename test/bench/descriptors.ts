// A number of catalogs → a folder of descriptors as an archive would keep them: defaults, includes, fifty columns each.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface DescriptorFolder {
  readonly catalogs: number
  readonly columns: number
}

/** Quantities that columns measure: UCD, unit, what the column says about itself. */
const quantities = [
  { ucd: 'pos.eq.ra;meta.main', unit: 'deg', says: 'Right ascension (ICRS) at the epoch of the observation' },
  { ucd: 'pos.eq.dec;meta.main', unit: 'deg', says: 'Declination (ICRS) at the epoch of the observation' },
  { ucd: 'phot.mag;em.opt.V', unit: 'mag', says: 'Magnitude in the visual band, corrected for extinction' },
  { ucd: 'stat.error;phot.mag;em.opt.V', unit: 'mag', says: 'Standard error of the magnitude in the visual band' },
  { ucd: 'pos.pm;pos.eq.ra', unit: 'mas/yr', says: 'Proper motion in right ascension times cos(dec)' },
  { ucd: 'phot.flux;em.IR.K', unit: 'mJy', says: 'Flux in the K band within an aperture of five arcseconds' },
  { ucd: 'src.redshift', unit: undefined, says: 'Redshift from the strongest lines of the spectrum' },
  { ucd: 'time.epoch', unit: 'd', says: 'Modified Julian date of the middle of the exposure' },
] as const

/**
 * Writes a registry, its authority and organisation, a TAP service and `catalogs` catalogs that it serves. The tables of
 * every other catalog stand in files of their own.
 */
export function writeDescriptors(folder: string, { catalogs, columns }: DescriptorFolder): void {
  const write = (file: string, text: string): void => {
    mkdirSync(join(folder, file, '..'), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  const general = (title: string) =>
    `title: ${title}\ndescription: Describes ${title} for the measurement of publishing, as long as people write it.\nreferenceUrl: https://archive.example.edu/\n`
  write(
    'site.yaml',
    `authority: archive.example.edu
publisher: { name: Example Archive, ivoid: ivo://archive.example.edu/organisation }
creators: [Example Archive]
contacts: [{ name: Help desk, email: help@archive.example.edu }]
subjects: [catalogs, surveys]
rights: [{ text: CC BY 4.0, uri: https://spdx.org/licenses/CC-BY-4.0.html }]
`,
  )
  write('authority.yaml', `type: vg:Authority\n${general('Example authority')}managingOrg: Example Archive\n`)
  write('organisation.yaml', `type: vr:Organisation\n${general('Example Archive')}`)
  write('registry.yaml', `type: vg:Registry\nself: true\nfull: false\n${general('Example registry')}`)
  write('regtap.yaml', `type: vs:CatalogService\nself: true\n${general('Search the example registry')}`)
  write(
    'tap.yaml',
    `type: vs:CatalogService\n${general('Example TAP service')}capabilities:
  - type: tr:TableAccess
    accessUrl: https://archive.example.edu/tap
    languages: [{ name: ADQL, versions: ['2.0'] }]
    outputFormats: [application/x-votable+xml]
`,
  )
  for (let number = 0; number < catalogs; number++) {
    const group = `group${String(Math.floor(number / 100)).padStart(3, '0')}`
    const table = tableText(number, columns)
    const hasOwnFile = number % 2 === 1
    if (hasOwnFile) write(`catalogs/${group}/tables/catalog${number}.yaml`, table)
    write(
      `catalogs/${group}/catalog${number}.yaml`,
      `type: vs:CatalogResource
${general(`Catalog ${number} of bright sources`)}servedBy: ivo://archive.example.edu/tap
source: { bibcode: 2020ApJS..251....7F }
coverage:
  spatial: 6/${number % 49_000} ${(number % 49_000) + 7}-${(number % 49_000) + 30}
  temporal: [[2014-07-25, 2017-05-28]]
  spectral: { unit: nm, intervals: [[330, 1050]] }
  wavebands: [Optical]
tableset:
  schemas:
    - name: catalog${number}
      tables:
        - ${hasOwnFile ? `include: tables/catalog${number}.yaml` : table.trimEnd().replaceAll('\n', '\n          ')}
`,
    )
  }
}

function tableText(number: number, columns: number): string {
  const lines = Array.from({ length: columns }, (_, index) => {
    const { ucd, unit, says } = quantities[index % quantities.length] ?? quantities[0]
    const measured = unit === undefined ? '' : ` unit: ${unit},`
    return `  - { name: column${index}, datatype: double,${measured} ucd: ${ucd}, description: '${says} (${index})' }\n`
  })
  return `name: catalog${number}.data\ndescription: One row for each source of catalog ${number}\nnrows: ${1000 + number}\ncolumns:\n${lines.join('')}`
}
