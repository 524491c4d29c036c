import { expect, it } from 'vitest'
import { readUploadHosts } from '../../src/tap/upload-hosts.js'

it('hosts for uploads are separated by commas, in any case, with or without port', () => {
  expect(readUploadHosts('')).toEqual([])
  expect(readUploadHosts(' Files.Example.org, localhost:8090,10.0.0.7 ,[::1]:80,')).toEqual([
    'files.example.org',
    'localhost:8090',
    '10.0.0.7',
    '[::1]:80',
  ])
})

it.each(['https://files.example.org', 'files.example.org/tables', '*.example.org', 'two hosts', 'host:port', '::1'])(
  '"%s" is no host',
  (text) => {
    expect(() => readUploadHosts(`localhost,${text}`)).toThrow(/--upload-hosts .* expected names of hosts/)
  },
)
