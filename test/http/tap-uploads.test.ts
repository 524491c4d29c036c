// Uploads through /tap/sync: inline and by address, joined, returned as they came (TAP 1.1 §2.7.6).
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Row } from '../../src/core/sql.js'
import { votable } from '../../src/formats/votable.js'
import { votableBinary } from '../../src/formats/votable-binary.js'
import { votableBinary2 } from '../../src/formats/votable-binary2.js'
import { readVotable } from '../../src/formats/votable-reader.js'
import type { ColumnDescription } from '../../src/tables/metadata.js'
import { collect, sampleResult } from '../formats/sample.js'
import { openService, type TestService } from '../tap/service.js'

const columns: readonly ColumnDescription[] = [
  { name: 'ivoid', datatype: 'char', arraysize: '*', ucd: 'meta.ref.ivoid', description: 'mine' },
  { name: 'odd name', datatype: 'unicodeChar', arraysize: '*' },
  { name: 'select', datatype: 'short' },
  { name: 'Size', datatype: 'int', unit: 'm' },
  { name: 'big', datatype: 'long' },
  { name: 'f', datatype: 'float' },
  { name: 'd', datatype: 'double', xtype: 'my:own' },
  { name: 'yes', datatype: 'boolean' },
  { name: 'when', datatype: 'char', arraysize: '*', xtype: 'timestamp' },
  { name: 'here', datatype: 'double', arraysize: '2', xtype: 'point' },
  { name: 'many', datatype: 'double', arraysize: '*' },
]
const rows: readonly Row[] = [
  [
    'ivo://example.edu/quasars',
    'Ünï "q" \'s',
    -5,
    7,
    9007199254740993n,
    0.5,
    1e-300,
    true,
    '2020-02-29T23:59:59',
    [10.5, -2],
    [1, 2, 3],
  ],
  ['ivo://example.edu/stars', null, null, null, null, null, null, null, null, null, null],
]

let service: TestService
let files: Server
let host: string
let table: Buffer
beforeAll(async () => {
  table = await collect(votable.write(sampleResult('OK', rows, columns)))
  files = createServer((request, response) => response.end(request.url === '/t.vot.gz' ? gzipSync(table) : table))
  await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve))
  host = `localhost:${(files.address() as AddressInfo).port}`
  service = await openService({ uploadLimitBytes: 20_000 }, () => ({ uploadHosts: [host] }))
}, 30_000)
afterAll(async () => {
  files.close()
  await service[Symbol.asyncDispose]()
})

function ask(query: string, parts: Record<string, Uint8Array>, more: Record<string, string> = {}) {
  const form = { LANG: 'ADQL', QUERY: query, RESPONSEFORMAT: 'csv', ...more }
  const pieces = [
    ...Object.entries(form).map(([name, value]) =>
      Buffer.from(`--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`),
    ),
    ...Object.entries(parts).flatMap(([name, bytes]) => [
      Buffer.from(
        `--b\r\nContent-Disposition: form-data; name="UPLOAD"\r\n\r\n${name},param:${name}\r\n--b\r\nContent-Disposition: form-data; name="${name}"; filename="x"\r\nContent-Type: application/x-votable+xml\r\n\r\n`,
      ),
      Buffer.from(bytes),
      Buffer.from('\r\n'),
    ]),
    Buffer.from('--b--\r\n'),
  ]
  return service.app.inject({
    method: 'POST',
    url: '/tap/sync',
    payload: Buffer.concat(pieces),
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
  })
}

describe('inline', () => {
  it.each([votable, votableBinary, votableBinary2])(
    'M-258, M-260, M-263, S-067 SELECT * gives back $mediaType as it came, unknown xtypes included',
    async (format) => {
      const sent = await collect(format.write(sampleResult('OK', rows, columns)))
      const response = await ask('SELECT * FROM TAP_UPLOAD.mine', { mine: sent }, { RESPONSEFORMAT: format.mediaType })
      const returned = await readVotable(response.rawPayload, 'mine')
      expect(returned.columns).toEqual(columns)
      expect(returned.rows).toEqual(rows)
    },
  )

  it('M-262 odd names work as delimited identifiers', async () => {
    const response = await ask('SELECT "odd name", u."select", "Size" FROM TAP_UPLOAD.t AS u WHERE "Size" = 7', {
      t: table,
    })
    expect(response.body).toBe('odd name,select,Size\r\n"Ünï ""q"" \'s",-5,7\r\n')
  })

  it('M-261, M-264 several tables join with ours, one of them twice', async () => {
    const response = await ask(
      'SELECT r.res_title, a.ivoid FROM rr.resource AS r JOIN tap_upload.one AS a ON a.ivoid = r.ivoid JOIN TAP_UPLOAD.One AS b ON b.ivoid = r.ivoid LEFT OUTER JOIN TAP_UPLOAD.two AS c ON c.ivoid = a.ivoid ORDER BY 1',
      { one: table, two: table },
    )
    expect(response.body).toBe(
      'res_title,ivoid\r\nQuasars,ivo://example.edu/quasars\r\nStars <1 & Co,ivo://example.edu/stars\r\n',
    )
  })

  it('M-243, M-261 are gone with their query and never listed', async () => {
    const listed = await ask("SELECT COUNT(*) AS n FROM tap_schema.tables WHERE schema_name LIKE '%pload%'", {
      t: table,
    })
    expect(listed.body).toBe('n\r\n0\r\n')
    const later = await service.app.inject(`/tap/sync?${new URLSearchParams({ QUERY: 'SELECT * FROM TAP_UPLOAD.t' })}`)
    expect(later.statusCode).toBe(400)
  })
})

describe('by address', () => {
  const byAddress = (address: string) => ask('SELECT COUNT(*) AS n FROM TAP_UPLOAD.t', {}, { UPLOAD: `t,${address}` })

  it.each(['t.vot', 't.vot.gz'])('M-259 %s is fetched', async (file) => {
    expect((await byAddress(`http://${host}/${file}`)).body).toBe('n\r\n2\r\n')
  })

  it('S-081 nothing inside is', async () => {
    for (const address of [
      'http://127.0.0.1:1/',
      'http://169.254.169.254/latest/meta-data/',
      'http://[::1]/',
      `http://127.0.0.1:${host.split(':')[1]}/t.vot`,
    ]) {
      const response = await byAddress(address)
      expect([response.statusCode, response.body]).toEqual([400, expect.stringContaining('is not a public address')])
    }
  })
})

describe('refusals are error documents (M-265)', () => {
  it.each([
    ['no VOTable', Buffer.from('a,b'), 400, /is not well-formed XML/],
    ['too big', Buffer.alloc(30_000, 'x'), 413, /bigger than 20000 bytes/],
    ['a bomb', gzipSync(Buffer.alloc(5_000_000)), 413, /bigger than 20000 bytes/],
    ['a broken gzip', Buffer.from([0x1f, 0x8b, 1, 2]), 400, /cannot be unpacked/],
  ])('%s', async (_name, bytes, status, message) => {
    const response = await ask('SELECT * FROM TAP_UPLOAD.t', { t: bytes })
    expect([response.statusCode, response.body]).toEqual([status, expect.stringMatching(message)])
    expect(response.body).toContain('name="QUERY_STATUS" value="ERROR"')
  })

  it('a part that is missing', async () => {
    const response = await ask('SELECT * FROM TAP_UPLOAD.t', {}, { UPLOAD: 't,param:other' })
    expect([response.statusCode, response.body]).toEqual([
      400,
      expect.stringContaining('names the part "other", which is not in the request'),
    ])
  })

  it('a request beyond all limits', async () => {
    const response = await ask('SELECT * FROM TAP_UPLOAD.t', { t: Buffer.alloc(2_100_000) })
    expect([response.statusCode, response.body]).toEqual([
      413,
      expect.stringContaining('bigger than this service reads'),
    ])
  })
})
