// POST requests over connections that stay open → how many bytes were answered, and the last of them.
//
// It shares the processors with the server that it measures. What node:http does with 5 MB of answer, cutting it into
// pieces and handing each of them on, takes a fifth of what the server needs to make them; here they are read over one
// another into a buffer, and nothing but the frames of the pieces is looked at.
import { connect, type Socket } from 'node:net'

export interface CountedAnswer {
  readonly statusCode: number
  /** Bytes of the body. */
  readonly byteCount: number
  /** The last 2,000 bytes of the body, or all there are. */
  readonly end: Buffer
}

const readBytes = 262_144
const endBytes = 2_000

/** One request at a time over each connection; as many connections as requests that are under way. */
export class CountingClient implements AsyncDisposable {
  readonly #url: URL
  readonly #idle: CountingConnection[] = []
  readonly #all: CountingConnection[] = []

  constructor(url: string) {
    this.#url = new URL(url)
  }

  /** Throws when the connection breaks before the answer has ended. */
  async post(contentType: string, body: Buffer): Promise<CountedAnswer> {
    let connection = this.#idle.pop()
    if (connection === undefined) {
      connection = new CountingConnection(this.#url)
      this.#all.push(connection)
    }
    const answer = await connection.post(contentType, body)
    this.#idle.push(connection)
    return answer
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#all) connection.close()
  }
}

class CountingConnection {
  readonly #url: URL
  readonly #socket: Socket
  #answer: AnswerReader | undefined
  #done: (answer: CountedAnswer) => void = () => undefined
  #failed: (error: Error) => void = () => undefined

  constructor(url: URL) {
    this.#url = url
    const onread = {
      buffer: Buffer.alloc(readBytes),
      callback: (length: number, buffer: Uint8Array) => {
        this.#take(Buffer.from(buffer.buffer, buffer.byteOffset, length))
        return true
      },
    }
    this.#socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true, onread })
    this.#socket.on('error', (error) => this.#failed(error))
    this.#socket.on('close', () => this.#failed(new Error('the connection was closed before the answer had ended')))
  }

  post(contentType: string, body: Buffer): Promise<CountedAnswer> {
    this.#answer = new AnswerReader()
    const head = [
      `POST ${this.#url.pathname} HTTP/1.1`,
      `Host: ${this.#url.host}`,
      `Content-Type: ${contentType}`,
      `Content-Length: ${body.length}`,
    ]
    this.#socket.write(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]))
    return new Promise((resolve, reject) => {
      this.#done = resolve
      this.#failed = reject
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(bytes: Buffer): void {
    const answer = this.#answer
    if (answer === undefined || !answer.take(bytes)) return
    this.#answer = undefined
    this.#done(answer.result())
  }
}

/** Follows one answer through its head and the frames of its body (RFC 9112 §6, §7.1). */
class AnswerReader {
  #part: 'head' | 'length' | 'chunk size' | 'chunk' | 'trailers' = 'head'
  /** Bytes of the head or of a line that has not come whole. */
  #text = ''
  /** Bytes of the body, or of the chunk and the line end behind it, that are still to come. */
  #left = 0
  #statusCode = 0
  #byteCount = 0
  #end: Buffer = Buffer.alloc(0)

  result(): CountedAnswer {
    return { statusCode: this.#statusCode, byteCount: this.#byteCount, end: this.#end }
  }

  /** True when the answer has ended. */
  take(bytes: Buffer): boolean {
    for (let at = 0; at < bytes.length; ) {
      if (this.#part === 'length' || this.#part === 'chunk') {
        const length = Math.min(this.#left, bytes.length - at)
        this.#count(bytes.subarray(at, at + length))
        at += length
        if (this.#left > 0) continue
        if (this.#part === 'length') return true
        this.#part = 'chunk size'
        continue
      }
      const lineEnd = bytes.indexOf(10, at)
      const next = lineEnd < 0 ? bytes.length : lineEnd + 1
      this.#text += bytes.toString('latin1', at, next)
      at = next
      if (lineEnd >= 0 && this.#takeLine()) return true
    }
    return false
  }

  /** A line of head, frame or trailers is there; true when the answer has ended with it. */
  #takeLine(): boolean {
    if (this.#part === 'head') {
      if (!this.#text.endsWith('\r\n\r\n')) return false
      const head = this.#text
      this.#text = ''
      return this.#readHead(head)
    }
    const line = this.#text.trim()
    this.#text = ''
    if (this.#part === 'trailers') return line === ''
    const size = Number.parseInt(line, 16)
    if (Number.isNaN(size)) throw new Error(`a chunk begins with "${line.slice(0, 40)}"`)
    this.#part = size === 0 ? 'trailers' : 'chunk'
    this.#left = size + 2
    return false
  }

  /** True when no body follows. */
  #readHead(head: string): boolean {
    this.#statusCode = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1])
    const length = /^content-length: *(\d+)/im.exec(head)?.[1]
    this.#part = length === undefined ? 'chunk size' : 'length'
    this.#left = Number(length ?? 0)
    return length !== undefined && this.#left === 0
  }

  #count(bytes: Buffer): void {
    this.#left -= bytes.length
    // The line end behind a chunk is counted with it.
    const beyond = this.#part === 'chunk' ? Math.max(0, Math.min(bytes.length, 2 - this.#left)) : 0
    const body = bytes.subarray(0, bytes.length - beyond)
    this.#byteCount += body.length
    this.#end = body.length >= endBytes ? Buffer.from(body.subarray(-endBytes)) : this.#endWith(body)
  }

  #endWith(body: Buffer): Buffer {
    return body.length === 0 ? this.#end : Buffer.concat([this.#end, body]).subarray(-endBytes)
  }
}
