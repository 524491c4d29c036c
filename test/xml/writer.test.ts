// Builders' calls → one document: namespaces on the root, texts as they are meant, fragments in their own words.
import { describe, expect, it } from 'vitest'
import { attributeOf, firstChild, readXml, textOf } from '../../src/xml/reader.js'
import { XmlWriter } from '../../src/xml/writer.js'

const write = (content: (xml: XmlWriter) => void) => {
  const xml = new XmlWriter('ri:Resource')
  content(xml)
  return readXml(xml.finish({ 'xsi:type': 'vr:Resource' }, { schemaLocations: true }))
}

describe('a written text comes out of a reader as it went in', () => {
  it.each(['&nbsp; &A; &amp; & &#1; &lt;b>', ']]> <b> "q" \'q\'', '日本 Ω é', 'a\n\nb'])('%j', (text) => {
    expect(
      textOf(
        firstChild(
          write((xml) => xml.text('description', text)),
          'description',
        )!,
      ),
    ).toBe(text)
  })

  it('in attributes too', () => {
    const value = '&nbsp; "<>\' &'
    expect(
      attributeOf(
        firstChild(
          write((xml) => xml.empty('a', { b: value })),
          'a',
        )!,
        'b',
      ),
    ).toBe(value)
  })

  it('but for characters that XML cannot carry, and white space in tokens', () => {
    const root = write((xml) => {
      xml.text('a', 'x\u0001y\uD800z')
      xml.token('b', ' two\n  words ')
    })
    expect([textOf(firstChild(root, 'a')!), textOf(firstChild(root, 'b')!)]).toEqual(['x?y?z', 'two words'])
  })
})

describe('a fragment', () => {
  it('keeps its namespaces and may use canonical prefixes without declaring them', () => {
    const root = write((xml) =>
      xml.fragment('<my:x xmlns:my="http://a.example/my" my:k="&amp;v"><y xsi:type="vs:ParamHTTP">t &lt; u</y></my:x>'),
    )
    const x = firstChild(root, 'x')!
    expect([x.namespace, attributeOf(x, 'k', 'http://a.example/my')]).toEqual(['http://a.example/my', '&v'])
    expect(textOf(firstChild(x, 'y')!)).toBe('t < u')
    expect(root.scope.vs).toBe('http://www.ivoa.net/xml/VODataService/v1.1')
  })

  it('that is no XML is refused', () => {
    expect(() => write((xml) => xml.fragment('<a><b></a>'))).toThrow('not well-formed')
  })
})

it('an xsi:type with an unknown prefix is a mistake of the program', () => {
  expect(() => write((xml) => xml.element('a', { 'xsi:type': 'nope:Type' }, () => {}))).toThrow(TypeError)
})
