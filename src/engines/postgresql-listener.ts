// Renewals by any process → listeners of this one, through NOTIFY.
import { Client, type ClientConfig } from 'pg'
import { sql } from '../core/sql.js'

/** Name of the channel; the payload is the engine that has renewed. */
export const renewalChannel = 'waymark_renewed'

const reconnectMs = 1000

export class RenewalListener {
  readonly #config: ClientConfig
  readonly #ownId: string
  readonly #listeners: (() => void)[] = []
  #client: Client | undefined
  #timer: NodeJS.Timeout | undefined
  #isStopped = false

  constructor(config: ClientConfig, ownId: string) {
    this.#config = config
    this.#ownId = ownId
  }

  add(listener: () => void): void {
    this.#listeners.push(listener)
  }

  /** Calls the listeners. */
  tell(): void {
    for (const listener of this.#listeners) listener()
  }

  async start(): Promise<void> {
    const client = new Client(this.#config)
    this.#client = client
    client.on('notification', ({ payload }) => {
      // Our own renewals have been told of already.
      if (payload !== this.#ownId) this.tell()
    })
    client.on('error', () => undefined)
    client.once('end', () => this.#startLater())
    await client.connect()
    await client.query(sql`LISTEN waymark_renewed`.text)
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    await this.#client?.end().catch(() => undefined)
  }

  /** The connection has broken. What happened meanwhile is unknown, so listeners are told after it is back. */
  #startLater(): void {
    if (this.#isStopped) return
    this.#timer = setTimeout(() => {
      this.start().then(
        () => this.tell(),
        () => undefined,
      )
    }, reconnectMs)
  }
}
