// How a capability is reached → vr:Interface elements (VOResource 1.2 §2.2.8, VODataService 1.2 §3.4).
import type { Attributes, XmlWriter } from '../xml/writer.js'
import type { Profile } from './context.js'
import { declareType, foreignTypeShape, httpPattern, ivoUriPattern } from './names.js'
import { either, flag, type Infer, list, object, oneOf, text } from './shape.js'

const paramShape = object(
  'An input parameter.',
  { name: text('Name of the parameter.') },
  {
    description: text('What it does.'),
    unit: text('Unit in VOUnits syntax.'),
    ucd: text('UCD1+ words.'),
    utype: text('Role in a data model.'),
    datatype: oneOf('Type of the value.', ['integer', 'real', 'complex', 'boolean', 'char', 'string']),
    arraysize: text('Shape, as 2 or *.', { pattern: '^([0-9]+x)*[0-9]*[0-9*]$' }),
    use: oneOf('Whether the service needs it.', ['required', 'optional', 'ignored']),
    std: flag('True when the standard of the service defines it, false for an own one.'),
  },
)

export const mirrorUrlShape = either(
  'Another address of the same publisher for the same service.',
  text('Address.', { pattern: httpPattern }),
  object(
    'Address with a name.',
    { url: text('Address.', { pattern: httpPattern }) },
    { title: text('Name for people.') },
  ),
)

const endpointShape = either(
  'A resource below the access URL.',
  text('Name of the endpoint.'),
  object(
    'An endpoint with properties.',
    { name: text('Name of the endpoint.') },
    {
      meta: list(
        'Properties.',
        object(
          'A property.',
          { property: text('URI of the property.') },
          {
            about: text('URI it is said about.'),
            resource: text('URI it has as value.'),
            value: text('Value as text.'),
          },
        ),
      ),
    },
  ),
)

const interfaceTypes = [
  'vs:ParamHTTP',
  'vr:WebBrowser',
  'vr:WebService',
  'vg:OAIHTTP',
  'vg:OAISOAP',
  'tr:DALIInterface',
  'doc:StaticFile',
  'vr:Interface',
] as const

export const interfaceShape = object(
  'One way to reach the capability.',
  {
    type: oneOf('Kind of interface (xsi:type); vr:Interface with xsiType for any other.', interfaceTypes),
    accessUrl: text('Address.', { pattern: httpPattern }),
  },
  {
    use: oneOf('Whether the address is complete (full), wants parameters (base), or is a directory (dir).', [
      'full',
      'base',
      'dir',
    ]),
    role: text('std for the interface the standard describes.', { pattern: '^[A-Za-z0-9_:.\\-]+$' }),
    version: text('Version of the standard that the interface speaks.'),
    mirrorUrls: list('Other addresses.', mirrorUrlShape),
    securityMethod: text('How users log in: IVOID of a method (SSO 2.0), as ivo://ivoa.net/sso#BasicAA.', {
      pattern: ivoUriPattern,
    }),
    testQueryString: text('Query string or path that gives a result.'),
    queryTypes: list('HTTP methods (vs:ParamHTTP).', oneOf('A method.', ['GET', 'POST']), { maxItems: 2 }),
    resultType: text('Media type of the answer.'),
    params: list('Input parameters (vs:ParamHTTP).', paramShape),
    testQuery: text('Parameters that give a result (vs:ParamHTTP).'),
    wsdlUrls: list('WSDL documents (vr:WebService).', text('Address.', { pattern: httpPattern })),
    endpoints: list('Resources below the access URL (tr:DALIInterface).', endpointShape),
    xsiType: foreignTypeShape,
    extension: text('XML elements put at the end of the interface as they stand.'),
  },
)

export type Interface = Infer<typeof interfaceShape>
export type MirrorUrl = Infer<typeof mirrorUrlShape>

/** tr:DALIInterface came with TAPRegExt 1.1 (§2.8): records of the conservative profile have no such interface. */
export function fittingProfile(interfaces: readonly Interface[], profile: Profile | undefined): readonly Interface[] {
  return profile === 'current' ? interfaces : interfaces.filter((one) => one.type !== 'tr:DALIInterface')
}

/** Writes one `interface`; what an interface type does not have is not written. */
export function writeInterface(one: Interface, xml: XmlWriter): void {
  const attributes: Attributes = {
    'xsi:type': declareType(one.xsiType, xml) ?? one.type,
    role: one.role,
    version: one.version,
  }
  xml.element('interface', attributes, () => {
    xml.token('accessURL', one.accessUrl, { use: one.use })
    for (const mirror of one.mirrorUrls ?? []) {
      const { url, title } = typeof mirror === 'string' ? { url: mirror, title: undefined } : mirror
      xml.token('mirrorURL', url, { title })
    }
    if (one.securityMethod !== undefined) xml.empty('securityMethod', { standardID: one.securityMethod })
    xml.token('testQueryString', one.testQueryString)
    writeOwnPart(one, xml)
    if (one.extension !== undefined) xml.fragment(one.extension)
  })
}

function writeOwnPart(one: Interface, xml: XmlWriter): void {
  switch (one.type) {
    case 'vs:ParamHTTP':
      xml.tokens('queryType', one.queryTypes)
      xml.token('resultType', one.resultType)
      for (const param of one.params ?? []) writeParam(param, xml)
      xml.text('testQuery', one.testQuery)
      break
    case 'vr:WebService':
    case 'vg:OAISOAP':
      xml.tokens('wsdlURL', one.wsdlUrls)
      break
    case 'doc:StaticFile':
      xml.token('resultType', one.resultType)
      break
    case 'tr:DALIInterface':
      writeEndpoints(one.endpoints ?? [], xml)
      break
    case 'vr:WebBrowser':
    case 'vg:OAIHTTP':
    case 'vr:Interface':
      break
  }
}

function writeParam(param: NonNullable<Interface['params']>[number], xml: XmlWriter): void {
  xml.element('param', { use: param.use, std: param.std === undefined ? undefined : String(param.std) }, () => {
    xml.token('name', param.name)
    xml.token('description', param.description)
    xml.token('unit', param.unit)
    xml.token('ucd', param.ucd)
    xml.token('utype', param.utype)
    xml.token('dataType', param.datatype, { 'xsi:type': 'vs:SimpleDataType', arraysize: param.arraysize })
  })
}

function writeEndpoints(endpoints: NonNullable<Interface['endpoints']>, xml: XmlWriter): void {
  for (const endpoint of endpoints) {
    const { name, meta } = typeof endpoint === 'string' ? { name: endpoint, meta: undefined } : endpoint
    xml.element('endpoint', {}, () => {
      xml.token('name', name)
      for (const { value, ...attributes } of meta ?? []) xml.token('meta', value ?? '', attributes)
    })
  }
}
