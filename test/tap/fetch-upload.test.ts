// Tables fetched for strangers: from the public internet only, within limits (S-081, M-259).
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { isPublicAddress } from '../../src/tap/addresses.js'
import { fetchUpload } from '../../src/tap/fetch-upload.js'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** Address of a server on this machine: not public, so that only allowed hosts are reached. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `localhost:${(server.address() as AddressInfo).port}`
}

const fetch = (address: string, allowedHosts: readonly string[] = [], more = {}) =>
  fetchUpload(address, { maxBytes: 1000, seconds: 2, allowedHosts, ...more })

describe('addresses', () => {
  it.each(['8.8.8.8', '130.167.201.101', '1.1.1.1', '172.32.0.1', '2606:4700::1111', '2a00:1450::1', '::ffff:8.8.8.8'])(
    '%s is public',
    (address) => expect(isPublicAddress(address)).toBe(true),
  )

  it.each([
    '127.0.0.1',
    '127.9.9.9',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fc00::1',
    'fd12::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:db8::1',
    '2001::1',
    'localhost',
    '',
    '1.2.3',
  ])('%s is not', (address) => expect(isPublicAddress(address)).toBe(false))
})

describe('fetching', () => {
  it('gives the bytes of an allowed host', async () => {
    const host = await serve((_request, response) => response.end('table'))
    expect((await fetch(`http://${host}/t.vot`, [host])).toString()).toBe('table')
  })

  it('never reaches a private address, by name or by number, in any spelling', async () => {
    let asked = 0
    const host = await serve((_request, response) => {
      asked++
      response.end('secret')
    })
    const port = host.split(':')[1]
    for (const name of ['localhost', '127.0.0.1', '[::1]', '2130706433', '0x7f.1', '127.1', '[::ffff:127.0.0.1]', '0'])
      await expect(fetch(`http://${name}:${port}/`)).rejects.toThrow(/is not a public address|connection failed/)
    expect(asked).toBe(0)
  })

  it('checks each redirect as the first address', async () => {
    let asked = 0
    const inside = await serve((_request, response) => {
      asked++
      response.end('secret')
    })
    const outside = await serve((_request, response) =>
      response.writeHead(302, { location: `http://${inside}/` }).end(),
    )
    await expect(fetch(`http://${outside}/`, [outside])).rejects.toThrow(/not a public address/)
    expect(asked).toBe(0)
    expect((await fetch(`http://${outside}/`, [outside, inside])).toString()).toBe('secret')
  })

  it.each(['file:///etc/passwd', 'ftp://x.org/t', 'gopher://x', 'http://user:word@x.org/', 'http://', 'javascript:1'])(
    'refuses %s',
    async (address) => {
      await expect(fetch(address)).rejects.toMatchObject({ kind: 'usage' })
    },
  )

  it('refuses a redirect to a file', async () => {
    const host = await serve((_request, response) => response.writeHead(301, { location: 'file:///etc/passwd' }).end())
    await expect(fetch(`http://${host}/`, [host])).rejects.toThrow(/is no address to upload from/)
  })

  it('ends after a few redirects', async () => {
    const host = await serve((request, response) => response.writeHead(302, { location: `${request.url}x` }).end())
    await expect(fetch(`http://${host}/`, [host])).rejects.toThrow(/redirects more than 5 times/)
  })

  it('stops reading at the limit', async () => {
    const host = await serve((_request, response) => {
      const timer = setInterval(() => response.write('x'.repeat(400)), 5)
      response.on('close', () => clearInterval(timer))
    })
    await expect(fetch(`http://${host}/`, [host])).rejects.toMatchObject({
      kind: 'limit',
      message: expect.stringContaining('bigger than 1000 bytes'),
    })
  })

  it('does not wait for ever', async () => {
    const host = await serve(() => undefined)
    await expect(fetch(`http://${host}/`, [host], { seconds: 1 })).rejects.toThrow(/takes longer than 1 second/)
  })

  it('says what the other side said, and no more', async () => {
    const host = await serve((_request, response) => response.writeHead(403).end('why'))
    await expect(fetch(`http://${host}/`, [host])).rejects.toThrow(/answers with status 403/)
    await expect(fetch('http://localhost:1/', ['localhost'])).rejects.toThrow(/the connection failed \(ECONNREFUSED\)/)
  })
})
