// auxiliary: data that another record's service serves (VODataService 1.2 §2.2.3; note on discovering data collections).
import { type Infer, object, oneOf } from '../shape.js'
import { type CapabilityType, capabilityGroup, type StandardInterface, writeCapability } from './capability.js'

const standards = {
  TAP: { standardId: 'ivo://ivoa.net/std/TAP#aux', version: '1.1' },
  SIA: { standardId: 'ivo://ivoa.net/std/SIA#aux', version: '1.0' },
  SIA2: { standardId: 'ivo://ivoa.net/std/SIA#query-aux-2.0', version: '2.0' },
  ConeSearch: { standardId: 'ivo://ivoa.net/std/ConeSearch#aux', version: '1.1' },
  SSA: { standardId: 'ivo://ivoa.net/std/SSA#aux', version: '1.1' },
  SLAP: { standardId: 'ivo://ivoa.net/std/SLAP#aux', version: '1.0' },
} as const

const shape = object(
  'Data served by a service with a record of its own.',
  {
    type: oneOf('Data of this record, served by the service of another.', ['auxiliary']),
    standard: oneOf('Protocol of that service.', Object.keys(standards) as readonly (keyof typeof standards)[]),
  },
  capabilityGroup.optional,
  { title: 'Auxiliary capability' },
)

export type Auxiliary = Infer<typeof shape>

export const auxiliary: CapabilityType<Auxiliary> = {
  type: 'auxiliary',
  xsiType: 'vr:Capability',
  title: 'data served by the service of another record',
  shape,
  example: `type: auxiliary
standard: TAP
accessUrl: https://archive.example.edu/tap
`,
  recognise(standardId) {
    const found = Object.entries(standards).find(
      ([, one]) => one.standardId.toLowerCase() === standardId?.toLowerCase(),
    )
    return found === undefined ? undefined : { standard: found[0] }
  },
  build(given, xml, context) {
    const capability = given.self === true ? { ...given, accessUrl: `${context.self.baseUrl}/tap` } : given
    const { standardId, version } = standards[capability.standard]
    const standard: StandardInterface = { type: 'vs:ParamHTTP', role: 'std', version, use: 'base' }
    writeCapability(capability, { xsiType: 'vr:Capability', standardId, interface: standard }, xml)
  },
}
