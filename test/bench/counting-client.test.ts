// What is counted must be what was sent, however it is framed and cut into pieces.
import { createServer, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { expect, it } from 'vitest'
import { CountingClient } from './counting-client.js'

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/tap/sync`
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 3))

/** Answers as the body of the request says. */
async function answer(wanted: string, response: ServerResponse): Promise<void> {
  const [how, size] = wanted.split(' ')
  const bytes = Buffer.alloc(Number(size), 'x')
  if (bytes.length > 3) bytes.write('END', bytes.length - 3)
  if (how === 'whole') return void response.writeHead(200, { 'content-length': bytes.length }).end(bytes)
  if (how === 'refused') return void response.writeHead(503, { 'content-length': 4 }).end('full')
  response.writeHead(200, { trailer: 'x-query-status' })
  for (let from = 0; from < bytes.length; from += 70_003) {
    response.write(bytes.subarray(from, from + 70_003))
    if (how === 'slowly') await pause()
  }
  response.addTrailers({ 'x-query-status': 'OK' })
  response.end()
}

it('counts the bytes of bodies of every framing, over one connection', async () => {
  let connections = 0
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => void answer(Buffer.concat(parts).toString(), response))
  }).on('connection', () => {
    connections += 1
  })
  await using client = new CountingClient(await listen(server))
  try {
    for (const how of ['whole', 'chunked', 'slowly'])
      for (const size of [0, 1, 2, 1999, 2000, 70_003, 70_004, 1_000_000]) {
        const found = await client.post('text/plain', Buffer.from(`${how} ${size}`))
        expect(found).toMatchObject({ statusCode: 200, byteCount: size })
        expect(found.end).toHaveLength(Math.min(size, 2000))
        if (size > 3) expect(found.end.subarray(-3).toString()).toBe('END')
      }
    const refused = await client.post('text/plain', Buffer.from('refused 0'))
    expect({ ...refused, end: refused.end.toString() }).toEqual({ statusCode: 503, byteCount: 4, end: 'full' })
    expect(connections).toBe(1)
    await Promise.all(Array.from({ length: 3 }, () => client.post('text/plain', Buffer.from('slowly 200000'))))
    expect(connections).toBe(3)
  } finally {
    server.close()
  }
})

it('reads frames that come byte by byte, and tells of an answer that breaks off', async () => {
  const whole =
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;note=1\r\nab\r\nc\r\n3\r\ndef\r\n0\r\nX-Status: OK\r\n\r\n'
  const server = createTcpServer((socket) => {
    socket.setNoDelay(true)
    socket.once('data', async (asked) => {
      const isBroken = asked.toString().endsWith('broken')
      for (const character of isBroken ? whole.slice(0, -40) : whole) {
        socket.write(character)
        await new Promise((resolve) => setImmediate(resolve))
      }
      if (isBroken) socket.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  await using client = new CountingClient(address)
  await using other = new CountingClient(address)
  try {
    const found = await client.post('text/plain', Buffer.from('whole'))
    expect({ ...found, end: found.end.toString() }).toEqual({ statusCode: 200, byteCount: 8, end: 'ab\r\ncdef' })
    await expect(other.post('text/plain', Buffer.from('broken'))).rejects.toThrow('closed before the answer had ended')
  } finally {
    server.close()
  }
})
