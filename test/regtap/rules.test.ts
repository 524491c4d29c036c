// Rules of RegTAP 1.2 on how one record becomes rows, each with a document made for it (checklist section F).
import { describe, expect, test } from 'vitest'
import { readProjectJson } from '../../src/core/project-files.js'
import type { Value } from '../../src/core/sql.js'
import { recordMapper } from '../../src/regtap/rows.js'
import { declaredSchemas, findTable } from '../../src/tables/declared.js'
import { readXml } from '../../src/xml/reader.js'
import { sampleXml } from '../support/sample-records.js'

const schemas = declaredSchemas()
const map = recordMapper(schemas)
const ivoid = 'ivo://example.edu/rules'

type Cells = Readonly<Record<string, Value>>

/** Rows of one table that a document gives, as objects. */
function rowsOf(document: string, table: string): readonly Cells[] {
  const columns = findTable(schemas, `rr.${table}`).columns.map((column) => column.name)
  const rows = map(readXml(document), ivoid).get(`rr.${table}`) ?? []
  return [...rows].map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])))
}

/** Some columns of all rows of a table. */
function cellsOf(document: string, table: string, ...columns: readonly string[]): readonly (readonly Value[])[] {
  return rowsOf(document, table).map((row) => columns.map((column) => row[column] ?? null))
}

const plain = sampleXml({ ivoid, title: 'Rules' })

/** The sample document with another curation. */
function withCuration(curation: string): string {
  return plain.replace(/<curation>.*<\/curation>/s, `<curation>${curation}</curation>`)
}

/** The sample document with elements behind its content. */
function withRest(rest: string, type = 'vs:CatalogService'): string {
  return sampleXml({ ivoid, title: 'Rules', type, rest })
}

describe('rr.resource', () => {
  test('M-136: creators are named in the order of the document, with a semicolon and a blank between them', () => {
    const document = withCuration(
      '<publisher>P</publisher><creator><name>Zwicky, F.</name></creator><creator><name> Abell, G. O. </name></creator><creator><name>Zwicky, F.</name></creator><contact><name>C</name></contact>',
    )
    expect(cellsOf(document, 'resource', 'creator_seq')).toEqual([['Zwicky, F.; Abell, G. O.; Zwicky, F.']])
  })

  test('M-137: of several rights the first counts, with its address', () => {
    const document = withRest(
      '<rights>First</rights><rights rightsURI="https://spdx.org/licenses/CC-BY-4.0.html">Second</rights>',
    )
    // The address of the second does not slip into the row of the first.
    expect(cellsOf(document, 'resource', 'rights', 'rights_uri')).toEqual([['First', null]])
  })
})

describe('rr.res_role', () => {
  const contact = (name: string) =>
    `<contact><name>${name}</name><address>1 Dome Way</address><email>A@Example.edu</email><telephone>+1</telephone></contact>`

  test('M-139: what only contacts have is NULL in other roles', () => {
    const document = withCuration(
      `<publisher>P</publisher><creator><name>One</name><logo>https://example.edu/one.png</logo></creator><contributor>Two</contributor>${contact('Three')}`,
    )
    expect(cellsOf(document, 'res_role', 'base_role', 'street_address', 'email', 'telephone', 'logo')).toEqual([
      ['publisher', null, null, null, null],
      ['creator', null, null, null, 'https://example.edu/one.png'],
      ['contributor', null, null, null, null],
      ['contact', '1 Dome Way', 'A@Example.edu', '+1', null],
    ])
  })

  test('M-140: there are four roles and no other', () => {
    const document = withCuration(
      `<publisher>P</publisher><creator><name>One</name></creator><contributor>Two</contributor><date role="updated">2020-01-01</date><version>1</version>${contact('Three')}${contact('Four')}`,
    )
    expect(cellsOf(document, 'res_role', 'base_role', 'role_name')).toEqual([
      ['publisher', 'P'],
      ['creator', 'One'],
      ['contributor', 'Two'],
      ['contact', 'Three'],
      ['contact', 'Four'],
    ])
  })
})

test('M-141: a relationship to several resources has a row for each', () => {
  const document = plain.replace(
    /<relationship>.*<\/relationship>/s,
    `<relationship><relationshipType>IsServedBy</relationshipType><relatedResource ivo-id="ivo://Example.edu/TAP">TAP</relatedResource><relatedResource>Cone</relatedResource></relationship><relationship><relationshipType>Cites</relationshipType><relatedResource>Paper</relatedResource></relationship>`,
  )
  expect(cellsOf(document, 'relationship', 'relationship_type', 'related_id', 'related_name')).toEqual([
    ['isservedby', 'ivo://example.edu/tap', 'TAP'],
    ['isservedby', null, 'Cone'],
    ['cites', null, 'Paper'],
  ])
})

describe('rr.interface', () => {
  test('M-144: interfaces outside of capabilities make no row', () => {
    const document = withRest(
      '<interface xsi:type="vs:ParamHTTP"><accessURL>https://example.edu/outside</accessURL></interface><capability><interface xsi:type="vr:WebBrowser"><accessURL use="full">https://example.edu/inside</accessURL></interface></capability>',
    )
    expect(cellsOf(document, 'interface', 'access_url')).toEqual([['https://example.edu/inside']])
  })

  test('M-146: mirrors are joined with # as they are written', () => {
    const document = withRest(
      '<capability><interface xsi:type="vs:ParamHTTP"><accessURL>https://example.edu/a</accessURL><mirrorURL>https://Mirror.example.edu/A</mirrorURL><mirrorURL title="South"> https://south.example.edu/B </mirrorURL></interface></capability>',
    )
    expect(cellsOf(document, 'interface', 'mirror_url')).toEqual([
      ['https://Mirror.example.edu/A#https://south.example.edu/B'],
    ])
  })
})

test('M-148: the type system of a column has the prefix vs, whatever the document calls the namespace', () => {
  const document = withRest(
    `<tableset><schema><name>s</name><table><name>t</name><column><name>a</name><dataType xmlns:odd="http://www.ivoa.net/xml/VODataService/v1.1" xsi:type="odd:TAPType" size="4">VARCHAR</dataType></column><column><name>b</name><dataType xsi:type="vs:VOTableType" arraysize="*">char</dataType></column><column><name>c</name><dataType>int</dataType></column></table></schema></tableset>`,
  )
  expect(cellsOf(document, 'table_column', 'name', 'type_system', 'datatype')).toEqual([
    ['a', 'vs:taptype', 'varchar'],
    ['b', 'vs:votabletype', 'char'],
    ['c', null, 'int'],
  ])
})

test('M-120, M-133: a prefix means what the nearest declaration says, also where the same one means something else elsewhere', () => {
  const document = withRest(
    `<capability xmlns:p="http://www.ivoa.net/xml/TAPRegExt/v1.0" xsi:type="p:TableAccess"><interface xmlns:p="http://www.ivoa.net/xml/VODataService/v1.1" xsi:type="p:ParamHTTP"><accessURL>https://example.edu/tap</accessURL></interface></capability><capability xmlns:p="http://www.ivoa.net/xml/ConeSearch/v1.0" xsi:type="p:ConeSearch"/>`,
  )
  expect(cellsOf(document, 'capability', 'cap_type')).toEqual([['tr:tableaccess'], ['cs:conesearch']])
  expect(cellsOf(document, 'interface', 'intf_type')).toEqual([['vs:paramhttp']])
})

test('M-149: a validation of the record has no capability, one of a capability names it', () => {
  const level = (value: number) =>
    `<validationLevel validatedBy="ivo://Judge.example/Registry">${value}</validationLevel>`
  const document = withRest(
    `<capability/><capability>${level(3)}<interface xsi:type="vr:WebBrowser"><accessURL>https://example.edu/</accessURL></interface></capability>`,
  ).replace('<title>', `${level(2)}<title>`)
  expect(cellsOf(document, 'validation', 'cap_index', 'val_level', 'validated_by')).toEqual([
    [null, 2, 'ivo://judge.example/registry'],
    [2, 3, 'ivo://judge.example/registry'],
  ])
})

describe('rr.res_detail', () => {
  interface ListedPlace {
    readonly xpath: string
    readonly level: 'must' | 'should'
  }
  const { xpaths: places } = readProjectJson<{ readonly xpaths: readonly ListedPlace[] }>('schemas/res-detail.json')

  /** A resource that has a value at one place: `/a/b/@c` as an element in an element with an attribute. */
  function documentWith(xpath: string, value: string): string {
    const steps = xpath.split('/').slice(1)
    const attribute = steps.at(-1)?.startsWith('@') === true ? steps.pop()?.slice(1) : undefined
    const [last = '', ...outer] = [...steps].reverse()
    const inner = attribute === undefined ? `<${last}>${value}</${last}>` : `<${last} ${attribute}="${value}"/>`
    return withRest(outer.reduce((content, step) => `<${step}>${content}</${step}>`, inner))
  }

  const listed = (level: ListedPlace['level']) =>
    places.filter((place) => place.level === level).map(({ xpath }) => xpath)

  test.each(listed('must'))('M-150, M-152: %s is kept, its letters as they are', (xpath) => {
    expect(cellsOf(documentWith(xpath, 'A value'), 'res_detail', 'cap_index', 'detail_xpath', 'detail_value')).toEqual([
      [xpath.startsWith('/capability/') ? 1 : null, xpath, 'A value'],
    ])
  })

  test.each(listed('should'))('S-048: %s is kept, too', (xpath) => {
    expect(cellsOf(documentWith(xpath, 'A value'), 'res_detail', 'detail_xpath', 'detail_value')).toEqual([
      [xpath, 'A value'],
    ])
  })

  test('M-151: addresses of interfaces are not among the details, the address of an old data collection is', () => {
    const document = withRest(
      '<capability><interface xsi:type="vs:ParamHTTP"><accessURL>https://example.edu/service</accessURL></interface></capability><accessURL>https://example.edu/data</accessURL>',
      'vs:DataCollection',
    )
    expect(cellsOf(document, 'res_detail', 'detail_xpath', 'detail_value')).toEqual([
      ['/accessURL', 'https://example.edu/data'],
    ])
  })
})

test('M-153: alternate identifiers are those of the record and of its people, old and new form', () => {
  const document = withCuration(
    '<publisher>P</publisher><creator><name altIdentifier="https://orcid.org/0000-0001-2345-6789">One</name></creator><creator><name>Two</name><altIdentifier>https://orcid.org/0000-0002-1825-0097</altIdentifier></creator><contact><name>C</name></contact>',
  ).replace('</identifier>', '</identifier><altIdentifier>doi:10.5072/Rules</altIdentifier>')
  expect(cellsOf(document, 'alt_identifier', 'alt_identifier')).toEqual([
    ['doi:10.5072/Rules'],
    ['https://orcid.org/0000-0001-2345-6789'],
    ['https://orcid.org/0000-0002-1825-0097'],
  ])
})
