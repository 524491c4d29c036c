// IVOIDs and other identifiers (Identifiers 2.0; VOResource 1.2 §2.2.5; Registry Interfaces 1.1 §3.1).
import { foldIvoid, keyOf } from '../../core/ivoid.js'
import type { LoadedDescriptor } from '../load.js'
import { type Fault, quoted, type ResourceRule, type SetRule } from './rule.js'

/** No two records have IVOIDs that are equal without case (M-009). */
export const uniqueIvoids: SetRule = (resources, report) => {
  const seen = new Map<string, LoadedDescriptor>()
  for (const resource of resources) {
    const folded = foldIvoid(resource.ivoid)
    const other = seen.get(folded)
    if (other === undefined) {
      seen.set(folded, resource)
      continue
    }
    const { file, line } = other.locate('/ivoid')
    report(resource, {
      pointer: '/ivoid',
      rule: 'ivoid-unique',
      severity: 'error',
      message: `the IVOID ${resource.ivoid} is already that of ${file}:${line}`,
      hint: 'an IVOID names one resource for ever, and capital letters make no difference; give this one another',
    })
  }
}

/** The IVOID of an authority has no key (M-036). */
export const authorityIvoid: ResourceRule = (descriptor, report) => {
  if (descriptor.type !== 'vg:Authority' || keyOf(descriptor.ivoid ?? '') === '') return
  report({
    pointer: '/ivoid',
    rule: 'authority-ivoid',
    severity: 'error',
    message: `the IVOID of an authority is the authority alone; found ${descriptor.ivoid}`,
    hint: `write ivo://${descriptor.ivoid?.split('/')[2] ?? 'archive.example.edu'}`,
  })
}

const wrongForms: readonly { readonly pattern: RegExp; readonly write: string }[] = [
  { pattern: /^https?:\/\/(?:dx\.)?doi\.org\/(.+)$/i, write: 'doi:$1' },
  { pattern: /^doi:\s*(?:https?:\/\/(?:dx\.)?doi\.org\/|doi:)(.+)$/i, write: 'doi:$1' },
  { pattern: /^(?:orcid:|http:\/\/orcid\.org\/)\s*([\dX-]+)$/i, write: 'https://orcid.org/$1' },
  { pattern: /^(?:ror:|http:\/\/ror\.org\/)\s*(\w+)$/i, write: 'https://ror.org/$1' },
  {
    pattern:
      /^https?:\/\/(?:ui\.adsabs\.harvard\.edu\/(?:#?abs|link_gateway)\/|adsabs\.harvard\.edu\/abs\/)([^/]{19}).*$/i,
    write: 'bibcode:$1',
  },
]

/** What is wrong with the form of a DOI, ORCID, ROR or bibcode; undefined when nothing is (M-016). */
export function altIdentifierFault(identifier: string): Omit<Fault, 'pointer'> | undefined {
  const wrong = wrongForms.find(({ pattern }) => pattern.test(identifier))
  const isBadDoi = /^doi:/i.test(identifier) && !/^doi:10\.\d{4,9}\/\S+$/.test(identifier)
  if (wrong === undefined && !isBadDoi) return undefined
  return {
    rule: 'alt-identifier-form',
    severity: 'error',
    message: `${quoted(identifier)} is not the form in which the identifier can be searched`,
    hint:
      wrong === undefined ? 'a DOI is written doi:10.…/…' : `write ${identifier.replace(wrong.pattern, wrong.write)}`,
  }
}

/** DOIs, ORCIDs, RORs and bibcodes have their one form (M-016). */
export const altIdentifierForms: ResourceRule = (descriptor, report) => {
  for (const [index, identifier] of (descriptor.altIdentifiers ?? []).entries()) {
    const fault = altIdentifierFault(identifier)
    if (fault !== undefined) report({ pointer: `/altIdentifiers/${index}`, ...fault })
  }
}

/** Keys of standards are lower case since StandardsRegExt 1.1, so that they compare like the rest of an IVOID (M-038). */
export const standardKeys: ResourceRule = (descriptor, report) => {
  const keys = 'keys' in descriptor ? (descriptor.keys ?? []) : []
  for (const [index, { name }] of keys.entries()) {
    if (name === name.toLowerCase()) continue
    report({
      pointer: `/keys/${index}/name`,
      rule: 'key-case',
      severity: 'warning',
      message: `the key ${quoted(name)} has capital letters`,
      hint: `write ${name.toLowerCase()} unless it is in use already`,
    })
  }
}
