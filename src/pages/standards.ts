// Standards that services speak → what people call them and how clients ask for them.

/** One protocol that the service list knows. */
export interface ServiceStandard {
  /** Word in addresses of our pages. */
  readonly key: string
  readonly label: string
  readonly name: string
  /** Beginning of the standard IDs, in lower case as rr has them. */
  readonly prefix: string
  /** What pyvo calls it in `get_service`; undefined when pyvo has no class for it. */
  readonly pyvo?: string
}

/** Most important first. */
export const serviceStandards: readonly ServiceStandard[] = [
  { key: 'tap', label: 'TAP', name: 'Tables (TAP)', prefix: 'ivo://ivoa.net/std/tap', pyvo: 'tap' },
  {
    key: 'cone',
    label: 'Cone search',
    name: 'Cone search',
    prefix: 'ivo://ivoa.net/std/conesearch',
    pyvo: 'conesearch',
  },
  { key: 'sia2', label: 'SIA 2', name: 'Images (SIA 2)', prefix: 'ivo://ivoa.net/std/sia#query-2', pyvo: 'sia2' },
  { key: 'sia', label: 'SIA 1', name: 'Images (SIA 1)', prefix: 'ivo://ivoa.net/std/sia', pyvo: 'sia' },
  { key: 'ssa', label: 'SSA', name: 'Spectra (SSA)', prefix: 'ivo://ivoa.net/std/ssa', pyvo: 'ssa' },
  { key: 'slap', label: 'SLAP', name: 'Spectral lines (SLAP)', prefix: 'ivo://ivoa.net/std/slap', pyvo: 'sla' },
  { key: 'soda', label: 'SODA', name: 'Cutouts (SODA)', prefix: 'ivo://ivoa.net/std/soda' },
  { key: 'datalink', label: 'Datalink', name: 'Links (Datalink)', prefix: 'ivo://ivoa.net/std/datalink' },
  { key: 'hips', label: 'HiPS', name: 'Sky maps (HiPS)', prefix: 'ivo://ivoa.net/std/hips' },
]

/** The standard of a standard ID; undefined for support interfaces (VOSI, examples) and what we do not know. */
export function standardOf(standardId: string | null): ServiceStandard | undefined {
  const folded = standardId?.toLowerCase()
  return folded === undefined ? undefined : serviceStandards.find((one) => folded.startsWith(one.prefix))
}
