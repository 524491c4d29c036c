// Requests with tables wait for their turn, with the real server around them.
import type { AddressInfo } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterEach, expect, it } from 'vitest'
import { RegistryError } from '../../src/core/errors.js'
import { limitUploads } from '../../src/http/upload-places.js'

let app: FastifyInstance
afterEach(() => app.close())

/** A server whose requests last until they are let go. */
async function open(waitSeconds: number) {
  const held: (() => void)[] = []
  app = Fastify()
  app.addContentTypeParser(/^multipart\//, { parseAs: 'string' }, async () => undefined)
  limitUploads(app, { places: 2, waitSeconds })
  app.setErrorHandler(async (thrown, _request, reply) =>
    reply.code(thrown instanceof RegistryError && thrown.kind === 'unavailable' ? 503 : 500).send('no'),
  )
  app.post('/', async () => {
    await new Promise<void>((resolve) => held.push(resolve))
    return 'done'
  })
  await app.listen({ port: 0 })
  const address = `http://localhost:${(app.server.address() as AddressInfo).port}/`
  const send = async (type: string) =>
    (await fetch(address, { method: 'POST', body: '--b--', headers: { 'content-type': type } })).status
  const until = async (count: number) => {
    while (held.length < count) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return { held, send, until }
}

it('the third waits for one of the first two, and requests without tables do not', async () => {
  const { held, send, until } = await open(10)
  const all = [send('multipart/form-data; boundary=b'), send('multipart/form-data; boundary=b')]
  await until(2)
  all.push(send('multipart/form-data; boundary=b'))
  const plain = send('text/plain')
  await until(3)
  held[2]?.()
  expect(await plain).toBe(200)
  expect(held).toHaveLength(3)
  held[0]?.()
  await until(4)
  for (const letGo of held) letGo()
  expect(await Promise.all(all)).toEqual([200, 200, 200])
})

it('whoever waits in vain is sent away for a while', async () => {
  const { held, send, until } = await open(0.05)
  const all = [send('multipart/form-data; boundary=b'), send('multipart/form-data; boundary=b')]
  await until(2)
  expect(await send('multipart/form-data; boundary=b')).toBe(503)
  for (const letGo of held) letGo()
  expect(await Promise.all(all)).toEqual([200, 200])
  const later = send('multipart/form-data; boundary=b')
  await until(3)
  held[2]?.()
  expect(await later).toBe(200)
})
