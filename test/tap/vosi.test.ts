// VOSI documents and examples, as text and as what they say.
import { describe, expect, it } from 'vitest'
import { RegistryError } from '../../src/core/errors.js'
import { declaredSchemas } from '../../src/tables/declared.js'
import { qualifiedName } from '../../src/tables/metadata.js'
import { availabilityDocument, checkAvailability } from '../../src/tap/availability.js'
import { capabilitiesDocument } from '../../src/tap/capabilities.js'
import { examplesDocument, queryExamples } from '../../src/tap/examples.js'
import { overviewDocument } from '../../src/tap/overview.js'
import { readDetail, tableDocument, tablesetDocument } from '../../src/tap/tables.js'
import { attributeOf, childElements, firstChild, readXml, textOf, type XmlElement } from '../../src/xml/reader.js'
import { hasShared, schemaViolations } from '../support/schemas.js'

const schemas = declaredSchemas()
const all = schemas.flatMap((schema) => schema.tables)
const valid = (xml: string) => (hasShared ? schemaViolations(xml) : [])

describe('/tables', () => {
  it('S-078, M-249 detail=max has every schema, table, column and key', () => {
    const document = tablesetDocument(schemas, 'max')
    expect(valid(document)).toEqual([])
    const root = readXml(document)
    expect([root.name, root.namespace]).toEqual(['tableset', 'http://www.ivoa.net/xml/VOSITables/v1.0'])
    expect(attributeOf(root, 'version')).toBe(undefined)
    const tables = childElements(root).flatMap((schema) => childElements(schema, 'table'))
    expect(tables.map(nameOf)).toEqual(all.map(qualifiedName))
    expect(tables.map((table) => childElements(table, 'column').length)).toEqual(
      all.map((table) => table.columns.length),
    )
    expect(tables.map((table) => childElements(table, 'foreignKey').length)).toEqual(
      all.map((table) => table.foreignKeys.length),
    )
  })

  it('S-078 detail=min has no column', () => {
    const document = tablesetDocument(schemas, 'min')
    expect(valid(document)).toEqual([])
    expect(document).not.toMatch(/<column|<foreignKey/)
    expect(document).toContain('<name>rr.resource</name>')
  })

  it('M-248 every table has a document of its own', () => {
    for (const table of all) {
      const document = tableDocument(schemas, qualifiedName(table))
      expect(valid(document)).toEqual([])
      expect(nameOf(readXml(document))).toBe(qualifiedName(table))
    }
  })

  it('M-248 takes names as people write them', () => {
    for (const name of ['RR.Resource', '"rr"."resource"'])
      expect(tableDocument(schemas, name)).toContain('<name>rr.resource</name>')
  })

  it('names the tables there are when one is unknown', () => {
    expect(() => tableDocument(schemas, 'rr.nothing')).toThrow(
      /no table "rr.nothing"; the tables are tap_schema.schemas, /,
    )
  })

  it('M-237, M-239 writes names as queries need them', () => {
    expect(tableDocument(schemas, 'tap_schema.columns')).toContain('<name>"size"</name>')
  })

  it('knows min and max only', () => {
    expect([readDetail(undefined), readDetail('MIN'), readDetail('max')]).toEqual(['max', 'min', 'max'])
    expect(() => readDetail('none')).toThrow(/expected min or max/)
  })
})

describe('/availability', () => {
  const upSince = new Date('2026-03-01T10:00:00.5Z')

  it('M-251 is true when the engine answers', async () => {
    const document = availabilityDocument(
      await checkAvailability(
        {
          query: async function* () {
            yield [[1]]
          },
        },
        upSince,
      ),
    )
    expect(valid(document)).toEqual([])
    expect(document).toContain('<avl:available>true</avl:available>\n<avl:upSince>2026-03-01T10:00:00Z</avl:upSince>')
  })

  it('S-079 is false when it does not', async () => {
    const document = availabilityDocument(
      await checkAvailability(
        {
          query: async function* () {
            yield []
            throw new RegistryError('unavailable', 'The engine <x> is gone.')
          },
        },
        upSince,
      ),
    )
    expect(valid(document)).toEqual([])
    expect(document).toContain('<avl:available>false</avl:available>')
    expect(document).toContain('The engine &lt;x&gt; is gone.')
  })
})

describe('/capabilities', () => {
  const record = `<ri:Resource xmlns:ri="http://www.ivoa.net/xml/RegistryInterface/v1.0" xmlns:vs="http://www.ivoa.net/xml/VODataService/v1.1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="vs:CatalogService"><title>x</title>
<capability standardID="ivo://ivoa.net/std/TAP" xmlns:tr="http://www.ivoa.net/xml/TAPRegExt/v1.0" xsi:type="tr:TableAccess"><interface role="std" version="1.1" xsi:type="vs:ParamHTTP"><accessURL use="base">http://x.org/a?b=1&amp;c</accessURL></interface><language><name>ADQL</name><version>2.0</version></language><outputFormat><mime>text/xml</mime></outputFormat></capability>
<capability standardID="ivo://ivoa.net/std/VOSI#capabilities"><interface xsi:type="vs:ParamHTTP"><accessURL use="full">http://x.org/capabilities</accessURL></interface></capability></ri:Resource>`

  it('M-244, S-077 has the capability elements of the record, letter by letter', () => {
    const document = capabilitiesDocument(record)
    expect(valid(document)).toEqual([])
    const root = readXml(document)
    expect([root.prefix, root.name]).toEqual(['vosi', 'capabilities'])
    for (const capability of childElements(root)) {
      expect([capability.name, capability.namespace]).toEqual(['capability', ''])
      expect(record).toContain(document.slice(capability.start, capability.end))
    }
    expect(childElements(root)).toHaveLength(2)
  })
})

describe('/examples', () => {
  const document = examplesDocument(queryExamples(), 'http://x.org/tap')
  const elements = flatten(readXml(document))

  it('M-252, M-253 is well-formed and has one vocabulary', () => {
    expect(elements.flatMap((element) => attributeOf(element, 'vocab') ?? [])).toEqual([
      'http://www.ivoa.net/rdf/examples#',
    ])
    expect(elements[0]?.namespace).toBe('http://www.w3.org/1999/xhtml')
  })

  it('M-254, M-255 gives each example an id, one name and one query', () => {
    const examples = elements.filter((element) => attributeOf(element, 'typeof') === 'example')
    expect(examples.length).toBe(queryExamples().length)
    for (const example of examples) {
      expect(attributeOf(example, 'resource')).toBe(`#${attributeOf(example, 'id')}`)
      const inside = flatten(example)
      for (const property of ['name', 'query']) {
        const found = inside.filter((element) => attributeOf(element, 'property') === property)
        expect(found).toHaveLength(1)
        expect(found.flatMap((element) => childElements(element))).toEqual([])
      }
    }
    const ids = examples.map((example) => attributeOf(example, 'id'))
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('M-256 has no property on a link', () => {
    for (const element of elements.filter((one) => attributeOf(one, 'property') !== undefined))
      expect([attributeOf(element, 'href'), attributeOf(element, 'src')]).toEqual([undefined, undefined])
  })
})

describe('/', () => {
  it('S-056 is a page for people with links to everything', () => {
    const document = overviewDocument('http://x.org/tap', schemas)
    const links = flatten(readXml(document)).flatMap((element) => attributeOf(element, 'href') ?? [])
    for (const path of ['sync', 'async', 'tables', 'examples', 'capabilities', 'availability', 'tables/rr.resource'])
      expect(links).toContain(`http://x.org/tap/${path}`)
  })
})

function nameOf(element: XmlElement): string {
  const name = firstChild(element, 'name')
  return name === undefined ? '' : textOf(name)
}

function flatten(element: XmlElement): XmlElement[] {
  return [element, ...childElements(element).flatMap(flatten)]
}
