// A vr:Interface element → what a descriptor says of it: the way back of voresource/interfaces.ts.
import { interfaceShape } from '../voresource/interfaces.js'
import { attributeOf, childElements, firstChild, textOf, type XmlElement } from '../xml/reader.js'
import { compact, firstToken, type Properties, token, tokens, truth } from './read-names.js'
import { foreignType, xsiTypeName } from './xsi-type.js'

/** One interface. A type without an entry of its own keeps its xsi:type. */
export function readInterface(element: XmlElement): Properties {
  const type = xsiTypeName(element)
  const isKnown = interfaceShape.properties?.type?.enum?.some((one) => one === type) === true
  const accessUrl = firstChild(element, 'accessURL')
  const method = firstChild(element, 'securityMethod')
  const testQuery = firstChild(element, 'testQuery')
  return {
    type: isKnown ? type : 'vr:Interface',
    ...(isKnown ? {} : compact({ xsiType: foreignType(element) })),
    ...compact({
      role: attributeOf(element, 'role'),
      version: attributeOf(element, 'version'),
    }),
    accessUrl: accessUrl === undefined ? '' : token(accessUrl),
    ...compact({
      use: accessUrl === undefined ? undefined : attributeOf(accessUrl, 'use'),
      mirrorUrls: childElements(element, 'mirrorURL').map(readMirror),
      securityMethod: method === undefined ? undefined : attributeOf(method, 'standardID'),
      testQueryString: firstToken(element, 'testQueryString'),
      queryTypes: tokens(element, 'queryType'),
      resultType: firstToken(element, 'resultType'),
      params: childElements(element, 'param').map(readParam),
      testQuery: testQuery === undefined ? undefined : textOf(testQuery).trim(),
      wsdlUrls: tokens(element, 'wsdlURL'),
      endpoints: childElements(element, 'endpoint').map(readEndpoint),
    }),
  }
}

function readMirror(element: XmlElement): string | Properties {
  const title = attributeOf(element, 'title')
  return title === undefined ? token(element) : { url: token(element), title }
}

function readParam(param: XmlElement): Properties | undefined {
  const datatype = firstChild(param, 'dataType')
  return compact({
    name: firstToken(param, 'name'),
    description: firstToken(param, 'description'),
    unit: firstToken(param, 'unit'),
    ucd: firstToken(param, 'ucd'),
    utype: firstToken(param, 'utype'),
    datatype: datatype === undefined ? undefined : token(datatype),
    arraysize: datatype === undefined ? undefined : attributeOf(datatype, 'arraysize'),
    use: attributeOf(param, 'use'),
    std: truth(attributeOf(param, 'std')),
  })
}

function readEndpoint(endpoint: XmlElement): string | Properties {
  const name = firstToken(endpoint, 'name') ?? ''
  const meta = childElements(endpoint, 'meta').map((one) =>
    compact({
      property: attributeOf(one, 'property'),
      about: attributeOf(one, 'about'),
      resource: attributeOf(one, 'resource'),
      value: token(one) === '' ? undefined : token(one),
    }),
  )
  return meta.length === 0 ? name : { name, meta }
}
