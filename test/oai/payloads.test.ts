// Real records of many publishers inside an OAI-PMH answer: nothing of them is lost, and Dublin Core is made of each.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { writeDatacite } from '../../src/oai/datacite.js'
import { writeDublinCore } from '../../src/oai/dublin-core.js'
import { asPayload } from '../../src/oai/envelope.js'
import { doiOf, readRecordFacts } from '../../src/oai/record-facts.js'
import { readXml, type XmlElement } from '../../src/xml/reader.js'
import { hasShared, schemaViolations, sharedFolder } from '../support/schemas.js'

const files = hasShared ? readdirSync(`${sharedFolder}/records`).filter((file) => file.endsWith('.xml')) : []
const read = (file: string) => readFileSync(`${sharedFolder}/records/${file}`, 'utf8')

function envelope(payload: string): string {
  return `<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><responseDate>2026-01-01T00:00:00Z</responseDate><request>http://x.y/oai</request><GetRecord><record><header><identifier>ivo://x.y/z</identifier><datestamp>2026-01-01T00:00:00Z</datestamp></header><metadata>${payload}</metadata></record></GetRecord></OAI-PMH>`
}

/** What an element is, whatever its prefixes: names with namespaces, attributes, text, and prefixes in `xsi:type` resolved. */
function meaning(element: XmlElement): unknown {
  return {
    name: `{${element.namespace}}${element.name}`,
    attributes: element.attributes
      .map(({ namespace, name, value }) => {
        const [prefix = '', local] = value.split(':')
        return `{${namespace}}${name}=${name === 'type' && local !== undefined ? `{${element.scope[prefix]}}${local}` : value}`
      })
      .sort(),
    children: element.children.map((child) => (typeof child === 'string' ? child : meaning(child))),
  }
}

function find(element: XmlElement, name: string): XmlElement | undefined {
  if (element.name === name) return element
  for (const child of element.children) {
    const found = typeof child === 'string' ? undefined : find(child, name)
    if (found !== undefined) return found
  }
  return undefined
}

describe.runIf(hasShared)('real records', () => {
  it.each(files)('%s means the same inside an answer as by itself', (file) => {
    const alone = readXml(read(file))
    const inside = find(readXml(envelope(asPayload(read(file)))), alone.name)
    expect(meaning(inside!)).toEqual(meaning(alone))
  })

  it.each(files)('%s becomes valid Dublin Core with title and identifier', (file) => {
    const dublinCore = writeDublinCore(read(file))
    expect(schemaViolations(envelope(dublinCore))).toEqual([])
    expect(readXml(dublinCore).children.length).toBeGreaterThan(2)
    expect(dublinCore).toMatch(/<dc:identifier>ivo:\/\//)
  })

  it('have DataCite where they have a DOI, and only there', () => {
    const withDoi = files.filter((file) => writeDatacite(read(file)) !== undefined)
    expect(withDoi).toEqual(files.filter((file) => doiOf(readRecordFacts(read(file))) !== undefined))
    expect(withDoi).toContain('vizier-j-aj-167-21.xml')
    for (const file of withDoi) readXml(envelope(writeDatacite(read(file)) ?? ''))
  })
})

describe('a payload', () => {
  it.each([
    ['<r/>', '<r xmlns=""/>'],
    ['<?xml version="1.0"?>\n<!-- a > b --><p:r a="x>y">t</p:r>', '<p:r xmlns="" a="x>y">t</p:r>'],
    ['<r xmlns="http://x.y"/>', '<r xmlns="http://x.y"/>'],
    ["<r\n  xmlns='http://x.y'><s/></r>", "<r\n  xmlns='http://x.y'><s/></r>"],
    ['<r xmlns:p="u"><s xmlns="http://x.y"/></r>', '<r xmlns="" xmlns:p="u"><s xmlns="http://x.y"/></r>'],
    ['<r a=" xmlns=\'no\'"/>', '<r xmlns="" a=" xmlns=\'no\'"/>'],
  ])('%j stands in an answer as %j', (xml, payload) => {
    expect(asPayload(xml)).toBe(payload)
  })
})
