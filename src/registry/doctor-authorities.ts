// Identify of a registry and the list of all others → whether its authorities are its own (Registry Interfaces 1.1 §3.1).
import { counted } from '../core/counted.js'
import { childElements, firstChild, textOf, type XmlElement } from '../xml/reader.js'
import { listedClaims } from './authority-claims.js'
import type { DoctorFinding } from './doctor.js'
import type { Directory } from './harvest-directory.js'

const check = 'RI3.1 authority'

/** Whether another registry of the list manages one of the authorities; a warning where the list cannot be had. */
export async function authorityFinding(
  identify: XmlElement,
  listRegistries: (() => Promise<Directory>) | undefined,
): Promise<DoctorFinding> {
  if (listRegistries === undefined)
    return { check, outcome: 'warning', message: 'not checked: no registry of registries was named' }
  const self = childElements(identify, 'Identify')
    .flatMap((element) => childElements(element, 'description'))
    .flatMap((description) => childElements(description))[0]
  const identifier = self === undefined ? undefined : firstChild(self, 'identifier')
  const authorities = self === undefined ? [] : childElements(self, 'managedAuthority').map((one) => textOf(one).trim())
  const own = identifier === undefined ? '' : textOf(identifier).trim()
  const { registries, source, problem } = await listRegistries()
  if (source !== 'listed')
    return { check, outcome: 'warning', message: `not checked: ${problem ?? 'there is no list of registries'}` }
  const claims = listedClaims(registries, authorities, own, '')
  if (claims.length === 0)
    return {
      check,
      outcome: 'passed',
      message: `of the ${counted(registries.length, 'registry', 'registries')} listed no other manages one of its authorities`,
    }
  const told = claims.map(({ authority, registry }) => `${authority} is managed by ${registry}`)
  return { check, outcome: 'failed', message: `${told.join('; ')}; an authority belongs to one registry` }
}
