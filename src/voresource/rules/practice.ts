// Good practice: what decides whether people find and understand a record, though no schema asks for it.
import { counted } from '../../core/counted.js'
import type { Descriptor } from '../resource-types/index.js'
import type { RuleName } from '../rule-help.js'
import { type Fault, partsOf, type ResourceRule } from './rule.js'

const shortDescriptionCharacters = 60

/** What a service leaves to the records of the catalogs that it serves. */
export const toldByCatalogs: ReadonlySet<RuleName> = new Set<RuleName>([
  'missing-wavebands',
  'missing-spatial',
  'missing-temporal',
  'missing-spectral',
  'missing-doi',
  'missing-tableset',
])

/** Advice on what is missing. */
export const goodPractice: ResourceRule = (descriptor, report) => {
  for (const fault of [
    ...ofEveryResource(descriptor),
    ...namesInLatin(descriptor),
    ...ofReferenceUrl(descriptor),
    ...ofData(descriptor),
  ])
    report(fault)
}

function* ofEveryResource(descriptor: Descriptor): Iterable<Fault> {
  if (!descriptor.contacts.some((contact) => contact.email !== undefined))
    yield {
      pointer: '/contacts',
      rule: 'contact-email',
      severity: 'warning',
      message: 'no contact has an email',
      hint: 'add one that will still be read in years: a help desk, not a person (VOResource 1.2 §3.1.2)',
    }
  if (descriptor.description.trim().length < shortDescriptionCharacters)
    yield {
      pointer: '/description',
      rule: 'description-short',
      severity: 'advice',
      message: `the description has ${counted(descriptor.description.trim().length, 'character')}`,
      hint: 'say what the data are, of which sky, time and wavelength, and what they are good for',
    }
  if (/<\/?(?:p|a|br|b|i|em|div|span)\b[^>]*>|&(?:nbsp|amp|lt);/i.test(descriptor.description))
    yield {
      pointer: '/description',
      rule: 'description-html',
      severity: 'warning',
      message: 'the description has HTML in it',
      hint: 'write plain text; a blank line starts a paragraph',
    }
  for (const [index, creator] of (descriptor.creators ?? []).entries()) {
    const name = typeof creator === 'string' ? creator : creator.name
    if (/;|\band\b.*,|(?:,[^,]*){3,}|\bet al\b/i.test(name))
      yield {
        pointer: `/creators/${index}`,
        rule: 'creator-list',
        severity: 'warning',
        message: `"${name}" looks like several people`,
        hint: 'one entry each, last name first',
      }
  }
}

/** VOResource 1.2 §2.2.3: names are given in Latin letters. */
function* namesInLatin(descriptor: Descriptor): Iterable<Fault> {
  const named = [
    ...(descriptor.creators ?? []).map((one, index) => [`/creators/${index}`, one] as const),
    ...(descriptor.contributors ?? []).map((one, index) => [`/contributors/${index}`, one] as const),
    ...descriptor.contacts.map((one, index) => [`/contacts/${index}`, one] as const),
    ['/publisher', descriptor.publisher] as const,
  ]
  for (const [pointer, one] of named) {
    const name = typeof one === 'string' ? one : one.name
    if (!/(?!\p{Script=Latin})\p{L}/u.test(name)) continue
    yield {
      pointer,
      rule: 'latin-name',
      severity: 'warning',
      message: `the name "${name}" is not in Latin letters`,
      hint: 'write its transliteration, by which people abroad look for it',
    }
  }
}

type MissingPart = 'creators' | 'wavebands' | 'spatial' | 'temporal' | 'spectral' | 'doi' | 'rights' | 'tableset'

const inCoverage: ReadonlySet<MissingPart> = new Set(['wavebands', 'spatial', 'temporal', 'spectral'])

/** A page that tells more is not the address that programs ask (VOResource 1.2 §3.1.3). */
function* ofReferenceUrl(descriptor: Descriptor): Iterable<Fault> {
  const { capabilities } = partsOf(descriptor)
  const services = capabilities.flatMap((one) =>
    one.type === 'web-browser'
      ? []
      : [
          one.accessUrl,
          ...(one.interfaces ?? []).flatMap((way) => (way.type === 'vr:WebBrowser' ? [] : [way.accessUrl])),
        ],
  )
  const withoutEnd = (url: string) => url.replace(/[/?&]+$/, '')
  if (services.some((url) => url !== undefined && withoutEnd(url) === withoutEnd(descriptor.referenceUrl)))
    yield {
      pointer: '/referenceUrl',
      rule: 'reference-page',
      severity: 'advice',
      message: 'referenceUrl is the address of the service itself',
      hint: 'give a page on which people can read about it',
    }
}

function* ofData(descriptor: Descriptor): Iterable<Fault> {
  const { capabilities, coverage, tableset } = partsOf(descriptor)
  const isData = ['vs:CatalogService', 'vs:CatalogResource', 'vs:DataService', 'vs:DataResource'].includes(
    descriptor.type,
  )
  if (!isData || descriptor.self === true) return
  const advise = (key: MissingPart, hint: string): Fault => ({
    pointer: '',
    rule: `missing-${key}`,
    severity: 'advice',
    message: `${inCoverage.has(key) ? `coverage.${key}` : key} is missing`,
    hint,
  })
  if (descriptor.creators === undefined) yield advise('creators', 'name who made the data, one entry each, with orcid')
  if (coverage?.wavebands === undefined)
    yield advise('wavebands', 'add coverage.wavebands; pyvo and TOPCAT filter by it')
  if (coverage?.spatial === undefined)
    yield advise('spatial', 'add coverage.spatial, a MOC; searches by position need it')
  if (coverage?.temporal === undefined)
    yield advise('temporal', 'add coverage.temporal, as [[2014-07-25, 2017-05-28]]; searches by time need it')
  if (coverage?.spectral === undefined)
    yield advise(
      'spectral',
      'add coverage.spectral, as { unit: nm, intervals: [[330, 1050]] }; searches by energy need it',
    )
  if (descriptor.source === undefined && !descriptor.altIdentifiers?.some((one) => one.startsWith('doi:')))
    yield advise('doi', 'add source (bibcode or doi) or altIdentifiers, so that people can cite it')
  const rights = 'rights' in descriptor ? descriptor.rights?.[0] : undefined
  if (rights === undefined)
    yield advise('rights', 'say who may use it, with the address of the licence at spdx.org (VOResource 1.2 §3.2.2)')
  else if (typeof rights === 'string' || rights.uri?.startsWith('https://spdx.org/licenses/') !== true)
    yield {
      pointer: '/rights/0',
      rule: 'rights-uri',
      severity: 'advice',
      message: 'the rights have no address at spdx.org',
      hint: 'add uri, as https://spdx.org/licenses/CC-BY-4.0.html',
    }
  if (tableset === undefined && descriptor.type.startsWith('vs:Catalog'))
    yield advise(
      'tableset',
      'list the tables and columns: people search by column names and UCDs (VODataService 1.2 §3.1.3)',
    )
  for (const [index, capability] of capabilities.entries()) {
    const isOwnKind = !['vosi', 'auxiliary', 'web-browser'].includes(capability.type)
    if (isOwnKind && capability.description === undefined && capabilities.length > 1)
      yield {
        pointer: `/capabilities/${index}`,
        rule: 'capability-description',
        severity: 'advice',
        message: `the capability ${capability.type} has no description`,
        hint: 'clients show it where a resource has several capabilities',
      }
  }
}
