// Elements cut out of their documents stand alone: every prefix they use is declared on them (checklist S-052's
// records come this way; ARCHITECTURE 3.2).
import { describe, expect, test } from 'vitest'
import { standAlone } from '../../src/xml/cut.js'
import { attributeOf, firstChild, readXml } from '../../src/xml/reader.js'

const xsi = 'http://www.w3.org/2001/XMLSchema-instance'

function cut(document: string, ...path: readonly string[]): string {
  const element = path.reduce((parent, name) => firstChild(parent, name)!, readXml(document))
  return standAlone(document.slice(element.start, element.end), element)
}

describe('an element that is cut out', () => {
  test('takes the declarations of its ancestors along, also those used in values only', () => {
    const text = cut(
      `<o:list xmlns:o="urn:o" xmlns:vs="http://www.ivoa.net/xml/VODataService/v1.1" xmlns:xsi="${xsi}"><r:Resource xmlns:r="urn:r" xsi:type="vs:CatalogService"><a/></r:Resource></o:list>`,
      'Resource',
    )
    const root = readXml(text)
    expect(root.scope).toMatchObject({ o: 'urn:o', r: 'urn:r', vs: 'http://www.ivoa.net/xml/VODataService/v1.1', xsi })
    expect(attributeOf(root, 'type', xsi)).toBe('vs:CatalogService')
  })

  test('is otherwise the text of its document, letter by letter', () => {
    const inner = `<b c='1'\n d = "x>y" ><!-- kept --><![CDATA[<kept>]]>&#65;</b>`
    expect(cut(`<a>${inner}</a>`, 'b')).toBe(inner)
    expect(cut(`<a xmlns:p="urn:p&amp;q">${inner}</a>`, 'b')).toBe(inner.replace('<b', '<b xmlns:p="urn:p&amp;q"'))
  })

  test('keeps its own declaration where an ancestor has another one of the same prefix', () => {
    const text = cut('<a xmlns:p="urn:outer"><p:b xmlns:p="urn:inner"/></a>', 'b')
    expect(text).toBe('<p:b xmlns:p="urn:inner"/>')
  })

  test('does not inherit the default namespace of OAI-PMH, but any other one', () => {
    expect(
      cut('<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><r:R xmlns:r="urn:r"><t/></r:R></OAI-PMH>', 'R'),
    ).toBe('<r:R xmlns:r="urn:r"><t/></r:R>')
    expect(cut('<list xmlns="urn:list"><R/></list>', 'R')).toBe('<R xmlns="urn:list"/>')
    expect(cut('<list xmlns="urn:list"><R xmlns=""/></list>', 'R')).toBe('<R xmlns=""/>')
  })

  test('gets the usual namespace for a usual prefix that nobody declared, and some namespace for any other', () => {
    const text = cut('<list><ri:Resource xsi:type="vs:DataCollection"><odd:x/></ri:Resource></list>', 'Resource')
    expect(readXml(text).scope).toMatchObject({
      ri: 'http://www.ivoa.net/xml/RegistryInterface/v1.0',
      vs: 'http://www.ivoa.net/xml/VODataService/v1.1',
      xsi,
      odd: 'urn:undeclared:odd',
    })
  })
})
