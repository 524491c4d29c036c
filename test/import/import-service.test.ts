// A service described by what it says about itself, over HTTP as services say it.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { importService } from '../../src/import/import-service.js'
import { openAddress } from '../../src/import/source.js'

const documents = new Map<string, string>()
const asked: string[] = []
const server = createServer((request, response) => {
  const path = request.url ?? ''
  asked.push(path)
  const document = documents.get(path)
  if (document?.startsWith('redirect ')) response.writeHead(302, { location: document.slice(9) }).end()
  else if (document === undefined) response.writeHead(404).end('nothing here')
  else response.writeHead(200, { 'content-type': 'text/xml' }).end(document)
})
let base = ''

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

const open = (address: string) => openAddress(address, { userAgent: 'test' })

const declarations = `xmlns:vs="http://www.ivoa.net/xml/VODataService/v1.1" xmlns:tr="http://www.ivoa.net/xml/TAPRegExt/v1.0"
  xmlns:vtm="http://www.ivoa.net/xml/VOSITables/v1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"`

function capabilities(path: string, tables?: string): string {
  const stated = `<capability standardID="ivo://ivoa.net/std/VOSI#tables-1.1">
    <interface xsi:type="vs:ParamHTTP" role="std" version="1.1"><accessURL use="full">${base}${tables}</accessURL></interface>
  </capability>`
  return `<?xml version="1.0"?><vosi:capabilities xmlns:vosi="http://www.ivoa.net/xml/VOSICapabilities/v1.0" ${declarations}>
  <capability standardID="ivo://ivoa.net/std/TAP" xsi:type="tr:TableAccess">
    <interface xsi:type="vs:ParamHTTP" role="std" version="1.1"><accessURL use="base">${base}${path}</accessURL></interface>
    <language><name>ADQL</name><version ivo-id="ivo://ivoa.net/std/ADQL#v2.0">2.0</version></language>
    <outputFormat><mime>application/x-votable+xml</mime></outputFormat>
    <outputLimit><default unit="row">2000</default></outputLimit>
  </capability>${tables === undefined ? '' : stated}</vosi:capabilities>`
}

const column = (name: string) =>
  `<column><name>${name}</name><dataType xsi:type="vs:VOTableType">int</dataType></column>`
const table = (name: string, columns = '') => `<table><name>${name}</name>${columns}</table>`
const tableset = (inside: string) =>
  `<vtm:tableset ${declarations}><schema><name>a</name>${inside}</schema></vtm:tableset>`

describe('a running service', () => {
  it('becomes its capabilities and the tables at the address they state', async () => {
    documents.set('/one/capabilities', capabilities('/one', '/one/all-tables'))
    documents.set('/one/all-tables', tableset(table('a.b', column('c'))))
    const { descriptor, losses, notes, name } = await importService(`${base}/one/`, open)
    expect(losses).toEqual([])
    expect(name).toBe('one')
    expect(notes).toHaveLength(3)
    expect(descriptor).toEqual({
      type: 'vs:CatalogService',
      capabilities: [
        {
          type: 'tr:TableAccess',
          accessUrl: `${base}/one`,
          languages: [{ name: 'ADQL', versions: ['2.0'] }],
          outputFormats: [{ mime: 'application/x-votable+xml' }],
          outputLimitRows: { default: 2000 },
        },
        expect.objectContaining({ type: 'vr:Capability', standardId: 'ivo://ivoa.net/std/VOSI#tables-1.1' }),
      ],
      tableset: { schemas: [{ name: 'a', tables: [{ name: 'a.b', columns: [{ name: 'c', datatype: 'int' }] }] }] },
    })
  })

  it('is asked for each table when it gives names only', async () => {
    documents.set('/min/capabilities', capabilities('/min'))
    documents.set('/min/tables', tableset(table('a.b') + table('a."d e"')))
    documents.set('/min/tables/a.b', `<vtm:table ${declarations}><name>a.b</name>${column('c')}</vtm:table>`)
    documents.set(
      '/min/tables/a.%22d%20e%22',
      `<vtm:table ${declarations}><name>a."d e"</name>${column('f')}</vtm:table>`,
    )
    const { descriptor, notes } = await importService(`${base}/min/capabilities`, open)
    expect(descriptor).toMatchObject({
      tableset: { schemas: [{ tables: [{ columns: [{ name: 'c' }] }, { columns: [{ name: 'f' }] }] }] },
    })
    expect(notes).toHaveLength(3)
  })

  it('keeps the names of tables whose columns it does not tell, and says so', async () => {
    documents.set('/few/capabilities', capabilities('/few'))
    documents.set('/few/tables', tableset(table('a.b') + table('a.c')))
    const { descriptor, notes } = await importService(`${base}/few`, open)
    expect(descriptor).toMatchObject({ tableset: { schemas: [{ tables: [{ name: 'a.b' }, { name: 'a.c' }] }] } })
    expect(notes.at(-1)).toMatch(/^2 of its tables are without columns here, because .* HTTP status 404/)
  })

  it('may have no tables', async () => {
    documents.set('/none/capabilities', capabilities('/none'))
    const { descriptor } = await importService(`${base}/none`, open)
    expect(Object.keys(descriptor)).toEqual(['type', 'capabilities'])
  })

  it('is none where something else answers', async () => {
    documents.set('/page/capabilities', '<html><body>Welcome</body></html>')
    await expect(importService(`${base}/page`, open)).rejects.toMatchObject({ kind: 'invalid' })
    await expect(importService(`${base}/nowhere`, open)).rejects.toMatchObject({ kind: 'not-found' })
  })

  it('cannot send us to a file, or into the network of whoever imports', async () => {
    documents.set('/file/capabilities', 'redirect file:///etc/passwd')
    documents.set('/inside/capabilities', 'redirect http://localhost:1/capabilities')
    for (const path of ['/file', '/inside'])
      await expect(importService(`${base}${path}`, open)).rejects.toMatchObject({
        kind: 'unavailable',
        message: expect.stringContaining('it redirects to'),
      })
  })
})
