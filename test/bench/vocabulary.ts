// Terms as `rr` stores them, in lower case → as records write them: types, standard identifiers, vocabulary terms.
import type { Cell } from './synthetic-vo.js'

const written = [
  // Types of resources, capabilities, interfaces, data.
  'vs:CatalogService',
  'vs:CatalogResource',
  'vg:Authority',
  'vr:Organisation',
  'vg:Registry',
  'vstd:Standard',
  'vr:Capability',
  'cs:ConeSearch',
  'sia:SimpleImageAccess',
  'ssap:SimpleSpectralAccess',
  'tr:TableAccess',
  'vg:Harvest',
  'vs:ParamHTTP',
  'vr:WebBrowser',
  'vg:OAIHTTP',
  'vs:VOTableType',
  // Standards; TAPRegExt and others fix the case.
  'ivo://ivoa.net/std/TAP',
  'ivo://ivoa.net/std/TAP#aux',
  'ivo://ivoa.net/std/ConeSearch',
  'ivo://ivoa.net/std/SIA',
  'ivo://ivoa.net/std/SIA#query-2.0',
  'ivo://ivoa.net/std/SSA',
  'ivo://ivoa.net/std/VOSI#availability',
  'ivo://ivoa.net/std/VOSI#capabilities',
  'ivo://ivoa.net/std/VOSI#tables',
  'ivo://ivoa.net/std/Registry',
  // Vocabularies: relationship, date role, content level and type, messenger.
  'IsServedBy',
  'Cites',
  'Created',
  'Updated',
  'Research',
  'Amateur',
  'Catalog',
  'Archive',
  'Survey',
  'Radio',
  'Millimeter',
  'Infrared',
  'Optical',
  'UV',
  'EUV',
  'X-ray',
  'Gamma-ray',
]

const byLowerCase: ReadonlyMap<string, string> = new Map(written.map((term) => [term.toLowerCase(), term]))

/** The spelling used in records; a term that has none here stays as it is. */
export function canonicalTerm(term: Cell | undefined): Cell {
  return byLowerCase.get(String(term)) ?? term ?? null
}
