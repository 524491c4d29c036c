// Multipart bodies as browsers, pyvo and STILTS really send them.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boundaryOf, readMultipart } from '../../src/http/multipart.js'

const lines = (...text: readonly string[]) => Buffer.from(text.join('\r\n'))

describe('boundary', () => {
  it.each([
    ['multipart/form-data; boundary=abc', 'abc'],
    ['multipart/form-data;boundary="a b"', 'a b'],
    ['multipart/form-data; charset=utf-8; Boundary=xyz; x=1', 'xyz'],
    [
      'multipart/form-data; boundary="<<<--------------MULTIPART-BOUNDARY------->>>"',
      '<<<--------------MULTIPART-BOUNDARY------->>>',
    ],
  ])('%s', (contentType, boundary) => {
    expect(boundaryOf(contentType)).toBe(boundary)
  })

  it('must be there', () => {
    expect(() => boundaryOf('multipart/form-data')).toThrow('names no boundary')
  })
})

describe('parts', () => {
  it('of STILTS: an empty line before the first boundary, Content-Type before Content-Disposition', () => {
    const boundary = '<<<--------------MULTIPART-BOUNDARY------->>>'
    const body = lines(
      '',
      `--${boundary}`,
      'Content-Type: text/plain; charset=UTF-8',
      'Content-Disposition: form-data; name="QUERY"',
      '',
      "SELECT * FROM tap_upload.t1 WHERE a < 'ü'",
      `--${boundary}`,
      'Content-Type: application/x-votable+xml',
      'Content-Disposition: form-data; name="t1"; filename="t1"',
      '',
      '<VOTABLE/>',
      '',
      `--${boundary}--`,
      '',
    )
    const parts = readMultipart(body, boundary)
    expect(parts.map(({ name, filename, mediaType, bytes }) => [name, filename, mediaType, bytes.toString()])).toEqual([
      ['QUERY', undefined, 'text/plain', "SELECT * FROM tap_upload.t1 WHERE a < 'ü'"],
      ['t1', 't1', 'application/x-votable+xml', '<VOTABLE/>\r\n'],
    ])
  })

  it('with bare line feeds, a preamble and an epilogue', () => {
    const body = Buffer.from('ignored\n--x\nContent-Disposition: form-data; name=a\n\n1\n--x--\nignored too')
    expect(readMultipart(body, 'x').map((part) => [part.name, part.bytes.toString()])).toEqual([['a', '1']])
  })

  it('that hold the boundary inside a line', () => {
    const body = lines('--x', 'Content-Disposition: form-data; name="a"', '', 'not --x here', '--x--', '')
    expect(readMultipart(body, 'x')[0]?.bytes.toString()).toBe('not --x here')
  })

  it('that are empty', () => {
    const body = lines('--x', 'Content-Disposition: form-data; name="a"', '', '', '--x--')
    expect(readMultipart(body, 'x')[0]?.bytes.toString()).toBe('')
  })

  it('are the bytes that were sent, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 4 }), (contents) => {
        const boundary = 'b-0f9c1d'
        const pieces = contents.flatMap((bytes, index) => [
          Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="p${index}"\r\n\r\n`),
          Buffer.from(bytes),
          Buffer.from('\r\n'),
        ])
        const parts = readMultipart(Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]), boundary)
        expect(parts.map((part) => new Uint8Array(part.bytes))).toEqual(contents)
      }),
    )
  })

  it.each([
    ['cut off', '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1', /cut off after 0 parts/],
    ['no boundary at all', 'QUERY=SELECT', /cut off after 0 parts/],
    ['no name', '--x\r\nContent-Type: text/plain\r\n\r\n1\r\n--x--', /has no name/],
    ['headers without end', `--x\r\n${'a: b\r\n'.repeat(9000)}--x--`, /no end of its headers/],
  ])('%s is refused', (_name, text, message) => {
    expect(() => readMultipart(Buffer.from(text), 'x')).toThrow(message)
  })
})
