// Standards without a capability type of their own → vr:Capability with their standardID: DataLink, SODA, HiPS.
import { declareType, type ForeignType, foreignTypeShape, ivoUriPattern } from '../names.js'
import { type Infer, object, oneOf, type Shape, text } from '../shape.js'
import {
  type CapabilityCommon,
  type CapabilityType,
  capabilityGroup,
  type StandardInterface,
  writeCapability,
} from './capability.js'

const datalinkShape = object(
  'A DataLink service.',
  { type: oneOf('DataLink: what belongs to a dataset.', ['datalink']) },
  capabilityGroup.optional,
  { title: 'DataLink' },
)

const sodaShape = object(
  'A SODA service.',
  { type: oneOf('SODA: cutouts and other processing.', ['soda']) },
  { ...capabilityGroup.optional, mode: oneOf('sync when not said.', ['sync', 'async']) },
  { title: 'SODA' },
)

const hipsShape = object(
  'A hierarchical progressive survey.',
  { type: oneOf('HiPS: tiles of a survey.', ['hips']) },
  capabilityGroup.optional,
  { title: 'HiPS' },
)

const customShape = object(
  'Any capability.',
  { type: oneOf('Any other capability.', ['vr:Capability']) },
  {
    ...capabilityGroup.optional,
    standardId: text('IVOID of the standard it follows, if it follows one.', { pattern: ivoUriPattern }),
    xsiType: foreignTypeShape,
  },
  { title: 'Other capability' },
)

const webBrowserShape = object(
  'A page for people.',
  { type: oneOf('A page for people.', ['web-browser']) },
  capabilityGroup.optional,
  { title: 'Web page' },
)

export type DataLink = Infer<typeof datalinkShape>
export type Soda = Infer<typeof sodaShape>
export type Hips = Infer<typeof hipsShape>
export type CustomCapability = Infer<typeof customShape>
export type WebBrowser = Infer<typeof webBrowserShape>

const base = { type: 'vs:ParamHTTP', role: 'std', version: '1.0', use: 'base' } as const

export const datalink = plain('datalink', 'DataLink: what belongs to a dataset', datalinkShape, {
  example: `type: datalink
accessUrl: https://archive.example.edu/datalink
`,
  standardId: () => 'ivo://ivoa.net/std/DataLink#links-1.0',
  recognise: isStandard('ivo://ivoa.net/std/DataLink#links-1.0'),
  interface: base,
})

export const soda = plain<Soda>('soda', 'SODA: cutouts of a dataset', sodaShape, {
  example: `type: soda
accessUrl: https://archive.example.edu/soda
mode: sync
interfaces:
  - type: vs:ParamHTTP
    accessUrl: https://archive.example.edu/soda-form
    params:
      - { name: CIRCLE, datatype: real, arraysize: '3', unit: deg, ucd: pos.outline;obs, use: optional, std: true }
`,
  recognise: (standardId) => {
    const mode = /^ivo:\/\/ivoa\.net\/std\/SODA#(sync|async)-1\.0$/i.exec(standardId ?? '')?.[1]?.toLowerCase()
    return mode === undefined ? undefined : { mode }
  },
  standardId: ({ mode }) => `ivo://ivoa.net/std/SODA#${mode ?? 'sync'}-1.0`,
  interface: base,
})

export const hips = plain('hips', 'HiPS: tiles of a survey', hipsShape, {
  example: `type: hips
accessUrl: https://archive.example.edu/hips/bright
`,
  standardId: () => 'ivo://ivoa.net/std/hips#hips-1.0',
  recognise: isStandard('ivo://ivoa.net/std/hips#hips-1.0'),
  interface: base,
})

export const webBrowser = plain('web-browser', 'a page for people', webBrowserShape, {
  example: `type: web-browser
description: A form to look for stars by name.
accessUrl: https://archive.example.edu/bright/form
`,
  standardId: () => undefined,
  recognise: (standardId) => (standardId === undefined ? {} : undefined),
  // Without a standard there is no standard interface (VOResource 1.2 §2.2.8).
  interface: { type: 'vr:WebBrowser', use: 'full' },
})

export const customCapability = plain<CustomCapability>('vr:Capability', 'anything else', customShape, {
  example: `type: vr:Capability
standardId: ivo://ivoa.net/std/VOSpace#nodes-2.1
description: Files of projects.
interfaces:
  - { type: 'vs:ParamHTTP', role: std, version: '2.1', accessUrl: 'https://archive.example.edu/vospace/nodes', use: base }
`,
  standardId: ({ standardId }) => standardId,
  recognise: (standardId) => (standardId === undefined ? {} : { standardId }),
  interface: { type: 'vs:ParamHTTP', role: 'std', use: 'base' },
})

function isStandard(
  expected: string,
): (standardId: string | undefined) => Readonly<Record<string, unknown>> | undefined {
  return (standardId) => (standardId?.toLowerCase() === expected.toLowerCase() ? {} : undefined)
}

function plain<C extends CapabilityCommon & { readonly type: string; readonly xsiType?: ForeignType }>(
  type: C['type'],
  title: string,
  shape: Shape<C>,
  standard: {
    readonly example: string
    readonly standardId: (capability: C) => string | undefined
    readonly interface: StandardInterface
    readonly recognise: NonNullable<CapabilityType<C>['recognise']>
  },
): CapabilityType<C> {
  return {
    type,
    xsiType: 'vr:Capability',
    title,
    shape,
    example: standard.example,
    recognise: standard.recognise,
    build(capability, xml) {
      const standardId = standard.standardId(capability)
      const xsiType = declareType(capability.xsiType, xml) ?? 'vr:Capability'
      writeCapability(capability, { xsiType, standardId, interface: standard.interface }, xml)
    },
  }
}
