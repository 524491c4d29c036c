// Where a harvester lets itself be sent, over real connections.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { harvestFetch } from '../../src/registry/harvest-fetch.js'
import { isPublicAddress } from '../../src/tap/addresses.js'

let server: Server
let address: string
let location: string

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/end') response.end('arrived')
    else response.writeHead(302, { location }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

async function text(target: string): Promise<string> {
  location = target
  const response = await harvestFetch(fetch, isPublicAddress)(`${address}/start`)
  return response.text()
}

describe('a redirect', () => {
  it('is followed on the host that was named, private or not', async () => {
    expect(await text('/end')).toBe('arrived')
    expect(await text(`${address}/end`)).toBe('arrived')
  })

  it.each(['file:///etc/passwd', 'data:text/xml,%3Ca/%3E', 'ftp://127.0.0.1/x'])(
    'to another protocol is refused: %s',
    async (target) => {
      await expect(text(target)).rejects.toMatchObject({
        kind: 'unavailable',
        message: expect.stringContaining(target),
      })
    },
  )

  it('into another private host is refused', async () => {
    await expect(text(`http://localhost:${new URL(address).port}/end`)).rejects.toMatchObject({
      message: expect.stringContaining('no public address'),
    })
    await expect(text('http://[::1]/end')).rejects.toMatchObject({
      message: expect.stringContaining('no public address'),
    })
  })

  it('without end is refused', async () => {
    await expect(text('/again')).rejects.toMatchObject({ message: expect.stringContaining('more than 5 times') })
  })

  it('from https to http is refused', async () => {
    const answers: typeof fetch = async () => new Response(null, { status: 301, headers: { location: 'http://x.y/' } })
    await expect(harvestFetch(answers, isPublicAddress)('https://x.y/')).rejects.toMatchObject({
      message: expect.stringContaining('http: is not followed from https:'),
    })
  })
})
