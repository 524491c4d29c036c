// XML text → element tree. Held against a general parser on real records and on text made up at random.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { SaxesParser } from 'saxes'
import { describe, expect, test } from 'vitest'
import { decodeXml } from '../../src/xml/decode.js'
import {
  attributeOf,
  childElements,
  firstChild,
  readXml,
  textOf,
  type XmlElement,
  XmlError,
  XmlReader,
} from '../../src/xml/reader.js'
import { sharedFolder } from '../support/schemas.js'

/** A tree as nested lists, so that two parsers can be compared: name, namespace, attributes, children. */
type Plain = readonly [string, string, readonly (readonly [string, string, string])[], readonly (Plain | string)[]]

function plain(element: XmlElement): Plain {
  return [
    element.name,
    element.namespace,
    element.attributes.map((attribute) => [attribute.name, attribute.namespace, attribute.value] as const),
    mergeText(element.children.map((child) => (typeof child === 'string' ? child : plain(child)))),
  ]
}

function mergeText(children: readonly (Plain | string)[]): readonly (Plain | string)[] {
  const merged: (Plain | string)[] = []
  for (const child of children) {
    const last = merged.at(-1)
    if (typeof child === 'string' && typeof last === 'string') merged[merged.length - 1] = last + child
    else if (child !== '') merged.push(child)
  }
  return merged
}

/** The same by saxes; undefined when it finds the text ill-formed. */
function bySaxes(text: string): Plain | undefined {
  const parser = new SaxesParser({ xmlns: true })
  const stack: [string, string, [string, string, string][], (Plain | string)[]][] = [['', '', [], []]]
  let isWrong = false
  parser.on('error', () => {
    isWrong = true
  })
  parser.on('opentag', (tag) => {
    const attributes = Object.values(tag.attributes)
      .filter((one) => one.prefix !== 'xmlns' && one.name !== 'xmlns')
      .map((one): [string, string, string] => [one.local, one.uri, one.value])
    stack.push([tag.local, tag.uri, attributes, []])
  })
  parser.on('text', (value) => stack.at(-1)?.[3].push(value))
  parser.on('cdata', (value) => stack.at(-1)?.[3].push(value))
  parser.on('closetag', () => {
    const done = stack.pop()!
    stack.at(-1)?.[3].push([done[0], done[1], done[2], mergeText(done[3])])
  })
  parser.write(text).close()
  return isWrong ? undefined : stack[0]![3].find((child) => typeof child !== 'string')
}

function byPieces(text: string, sizes: readonly number[]): XmlElement {
  const reader = new XmlReader()
  let at = 0
  for (let turn = 0; at < text.length; turn++) {
    const size = sizes[turn % sizes.length]!
    reader.write(text.slice(at, at + size))
    at += size
  }
  return reader.close()
}

describe('an element tree', () => {
  test('knows namespaces, also those of attributes', () => {
    const root = readXml('<a xmlns="urn:one" xmlns:p="urn:two" p:x="1" y="2"><p:b/><c xmlns=""/></a>')
    expect(root.namespace).toBe('urn:one')
    expect(attributeOf(root, 'x', 'urn:two')).toBe('1')
    expect(attributeOf(root, 'y')).toBe('2')
    expect(childElements(root).map((child) => [child.name, child.namespace])).toEqual([
      ['b', 'urn:two'],
      ['c', ''],
    ])
  })

  test('a prefix that nobody declared means what it usually means', () => {
    const root = readXml('<ri:Resource xsi:type="vs:CatalogService"><odd:x/></ri:Resource>')
    expect(root.namespace).toBe('http://www.ivoa.net/xml/RegistryInterface/v1.0')
    expect(attributeOf(root, 'type', 'http://www.w3.org/2001/XMLSchema-instance')).toBe('vs:CatalogService')
    expect(firstChild(root, 'x')?.namespace).toBe('')
  })

  test('a prefix may have the name of a property of every object', () => {
    expect(readXml('<constructor:a/>').namespace).toBe('')
  })

  test('text is put together from references, CDATA sections and pieces between comments', () => {
    expect(textOf(readXml('<a>1 &lt; 2 &#x26; <!-- no --><![CDATA[<3>]]><b>&#10004;</b>\r\n</a>'))).toBe(
      '1 < 2 & <3>✔\n',
    )
  })

  test('elements know their line and their place in the text', () => {
    const text = '\uFEFF<?xml version="1.0"?>\n<a>\n  <b\n x="1>2"/>é𝄞<c></c>\n</a>'
    const root = readXml(text)
    const [b, c] = childElements(root)
    expect([root.line, b?.line, c?.line]).toEqual([2, 4, 4])
    expect(text.slice(b?.start, b?.end)).toBe('<b\n x="1>2"/>')
    expect(text.slice(c?.start, c?.end)).toBe('<c></c>')
  })
})

describe('what is not well-formed', () => {
  const wrong: readonly (readonly [text: string, line: number, reason: RegExp])[] = [
    ['<a>\n<b></a>', 2, /in place of <\/b>/],
    ['<a>', 1, /ends inside <a>/],
    ['', 1, /no element/],
    ['<a/><b/>', 1, /second root/],
    ['<a/>text', 1, /outside the root/],
    ['</a>', 1, /ends nothing/],
    ['<a x="1" x="2"/>', 1, /stands twice/],
    ['<a x=1/>', 1, /name="value"/],
    ['<a x="<"/>', 1, /name="value"/],
    ['<a>AT&T</a>', 1, /no reference/],
    ['<a>&nbsp;</a>', 1, /not declared/],
    ['<a>&#0;</a>', 1, /no character/],
    ['<a>]]></a>', 1, /]]&gt;/],
    ['<a>\u0001</a>', 1, /does not allow/],
    ['<a><!-- a -- b --></a>', 1, /comment/],
    ['<1a/>', 1, /not a name/],
    ['<a> <?xml version="1.0"?></a>', 1, /very beginning/],
    [' <?xml version="1.0"?><a/>', 1, /very beginning/],
    ['\uFEFF <?xml version="1.0"?><a/>', 1, /very beginning/],
    ['<a', 1, /inside a tag/],
  ]
  test.each(wrong)('%j is refused with line and reason', (text, line, reason) => {
    const read = (): unknown => readXml(text)
    expect(read).toThrow(XmlError)
    expect(read).toThrow(reason)
    expect(read).toThrow(`line ${line},`)
  })

  test('entity declarations are refused, inside or outside the document', () => {
    expect(() => readXml('<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>')).toThrow(/entity declarations are refused/)
    expect(() => readXml('<!DOCTYPE a [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]><a/>')).toThrow(/refused/)
    expect(readXml('<!DOCTYPE a SYSTEM "a.dtd" [<!ELEMENT a ANY>]><a/>').name).toBe('a')
  })

  test('nesting has an end', () => {
    expect(() => readXml('<a>'.repeat(101))).toThrow(/nested deeper than 100/)
  })
})

describe('the same tree as a general parser', () => {
  const markup = fc.constantFrom(
    ...['<a>', '</a>', '<b x="1">', '</b>', '<p:c xmlns:p="urn:p" p:y=\'&lt;"\'/>', '<d xmlns="urn:d"/>', '<é/>'],
    ...['<!-- c -->', '<![CDATA[<&]]>', '<?pi x?>', '&amp;', '&#x41;', '&bad;', '&', ']]>', '>', '"', '\r\n', '\r'],
    ...[
      ' ',
      'text',
      '𝄞',
      '<',
      '<a',
      ' x="2"',
      '/>',
      '<a\n\tz = "1\n2"\n>',
      '--',
      '<!DOCTYPE a>',
      '<?xml version="1.0"?>',
    ],
  )
  const documents = fc.oneof(
    fc.array(markup, { maxLength: 12 }).map((parts) => `<a>${parts.join('')}</a>`),
    fc.array(markup, { maxLength: 8 }).map((parts) => parts.join('')),
  )
  test('for random documents, whole or in pieces of any size', () => {
    fc.assert(
      fc.property(documents, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (text, sizes) => {
        const expected = bySaxes(text)
        if (expected === undefined) {
          expect(() => readXml(text), text).toThrow(XmlError)
          expect(() => byPieces(text, sizes), text).toThrow(XmlError)
        } else {
          expect(plain(readXml(text)), text).toEqual(expected)
          expect(plain(byPieces(text, sizes)), text).toEqual(expected)
        }
      }),
      { numRuns: 2000 },
    )
  })

  const folder = join(sharedFolder, 'records')
  describe.runIf(existsSync(folder))('for real records', () => {
    const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.xml')) : []
    test.each(files)('%s', (file) => {
      const text = decodeXml(readFileSync(join(folder, file)))
      expect(plain(readXml(text))).toEqual(bySaxes(text))
      expect(plain(byPieces(text, [1000, 7]))).toEqual(bySaxes(text))
    })
  })
})
