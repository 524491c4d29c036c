// A registry over records in memory that answers OAI-PMH and misbehaves in one of the ways that were seen in the wild.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'

export interface SimulatedRecord {
  readonly ivoid: string
  /** As OAI-PMH writes it. */
  readonly datestamp: string
  /** Undefined for a tombstone. */
  readonly xml: string | undefined
}

/** What can be wrong with a registry; `sound` is nothing. */
export const behaviours = [
  'sound',
  'no sets',
  'endless tokens',
  'tokens in circles',
  'wrong count',
  'storm of 503',
  'broken record',
  'broken record, status 500',
  'half an answer',
  'changes while paging',
  'wrong encoding',
  'gzip bomb',
  'redirects to a private address',
  'expiring token',
  'no records',
] as const
export type Behaviour = (typeof behaviours)[number]

export interface SimulatedOptions {
  readonly ivoid: string
  readonly authority: string
  readonly records: readonly SimulatedRecord[]
  readonly behaviour?: Behaviour
  readonly pageRecords?: number
  /** Its clock, as OAI-PMH writes it. */
  readonly now?: string
  /** Pause before each answer. */
  readonly delayMs?: number
}

export interface SimulatedRegistry extends AsyncDisposable {
  readonly baseUrl: string
  readonly ivoid: string
  /** What it publishes now; tests change it. */
  records: readonly SimulatedRecord[]
  behaviour: Behaviour
  now: string
  /** Queries it got, oldest first. */
  readonly asked: URLSearchParams[]
}

/** Starts it on a free port of this machine. */
export async function simulateRegistry(options: SimulatedOptions): Promise<SimulatedRegistry> {
  const state = new Simulation(options)
  const { delayMs = 0 } = options
  const server = createServer((request, response) => void setTimeout(() => state.answer(request, response), delayMs))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  state.baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/oai`
  return Object.assign(state, {
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}

class Simulation {
  baseUrl = ''
  readonly ivoid: string
  records: readonly SimulatedRecord[]
  behaviour: Behaviour
  now: string
  readonly asked: URLSearchParams[] = []
  readonly #authority: string
  readonly #pageRecords: number
  #hasExpired = false
  #hasChanged = false

  constructor({ ivoid, authority, records, behaviour = 'sound', pageRecords = 5, now }: SimulatedOptions) {
    this.ivoid = ivoid
    this.records = records
    this.behaviour = behaviour
    this.now = now ?? '2026-06-01T12:00:00Z'
    this.#authority = authority
    this.#pageRecords = pageRecords
  }

  answer(request: IncomingMessage, response: ServerResponse): ServerResponse {
    const query = new URL(request.url ?? '', 'http://localhost').searchParams
    this.asked.push(query)
    const verb = query.get('verb') ?? ''
    if (this.behaviour === 'storm of 503' && this.asked.length % 2 === 1) {
      return response.writeHead(503, { 'retry-after': '0' }).end()
    }
    switch (verb) {
      case 'Identify':
        return this.#send(response, `<Identify><description>${this.#identity()}</description></Identify>`)
      case 'ListSets':
        return this.#send(
          response,
          this.behaviour === 'no sets'
            ? '<error code="noSetHierarchy"/>'
            : '<ListSets><set><setSpec>ivo_managed</setSpec><setName>All</setName></set></ListSets>',
        )
      case 'GetRecord':
        return this.#getRecord(response, query.get('identifier') ?? '')
      default:
        return this.#list(response, verb, query)
    }
  }

  #list(response: ServerResponse, verb: string, query: URLSearchParams): ServerResponse {
    const isRecords = verb === 'ListRecords'
    if (isRecords && this.behaviour === 'gzip bomb') return bomb(response)
    if (isRecords && this.behaviour === 'redirects to a private address') {
      return response.writeHead(302, { location: 'http://192.168.77.88/oai?verb=ListRecords' }).end()
    }
    const token = query.get('resumptionToken')
    const [place = '0', from = '', until = ''] = (
      token ?? `0|${query.get('from') ?? ''}|${query.get('until') ?? ''}`
    ).split('|')
    const start = Number(place)
    const all = this.behaviour === 'no records' ? [] : this.#selected(from, until)
    if (all.length === 0) return this.#send(response, '<error code="noRecordsMatch"/>')
    if (token !== null && this.behaviour === 'expiring token' && !this.#hasExpired) {
      this.#hasExpired = true
      return this.#send(response, '<error code="badResumptionToken">expired</error>')
    }
    const size = this.#pageRecords
    const page = this.behaviour === 'endless tokens' && start > 0 ? all.slice(0, size) : all.slice(start, start + size)
    const isDamagedPage = page.some(({ ivoid }) => this.#isBad(ivoid))
    if (isRecords && isDamagedPage && this.behaviour === 'broken record, status 500') {
      return response.writeHead(500).end()
    }
    const next = start + size
    const hasMore = next < all.length || this.behaviour === 'endless tokens'
    const shown = this.behaviour === 'tokens in circles' && start > 0 ? size : next
    const count = this.behaviour === 'wrong count' ? all.length + 7 : all.length
    const tokenText = hasMore ? `${shown}|${from}|${until}` : ''
    const items = page.map((record) => (isRecords ? this.#record(record) : header(record))).join('\n')
    const body = `<${verb}>${items}<resumptionToken completeListSize="${count}" cursor="${start}">${tokenText}</resumptionToken></${verb}>`
    if (this.behaviour === 'changes while paging' && start > 0 && !this.#hasChanged) this.#change()
    if (isRecords && isDamagedPage && this.behaviour === 'half an answer')
      return this.#send(response, body, (text) => text.slice(0, text.length / 2))
    return this.#send(response, body)
  }

  /** In order of datestamps, as servers page. */
  #selected(from: string, until: string): readonly SimulatedRecord[] {
    return this.records
      .filter(({ datestamp }) => datestamp.slice(0, from.length) >= from)
      .filter(({ datestamp }) => until === '' || datestamp.slice(0, until.length) <= until)
      .toSorted((a, b) => (a.datestamp < b.datestamp ? -1 : a.datestamp > b.datestamp ? 1 : 0))
  }

  #getRecord(response: ServerResponse, identifier: string): ServerResponse {
    const record = this.records.find(({ ivoid }) => ivoid === identifier)
    if (record === undefined) return this.#send(response, '<error code="idDoesNotExist"/>')
    if (this.#isBad(identifier) && this.behaviour === 'broken record, status 500') {
      return response.writeHead(500).end()
    }
    const body = `<GetRecord>${this.#record(record)}</GetRecord>`
    if (this.#isBad(identifier) && this.behaviour === 'half an answer')
      return this.#send(response, body, (text) => text.slice(0, text.length / 2))
    return this.#send(response, body)
  }

  /** The record in the middle is the bad one. */
  #isBad(ivoid: string): boolean {
    const isMisbehaving = /^(broken|half)/.test(this.behaviour)
    return isMisbehaving && this.records[Math.floor(this.records.length / 2)]?.ivoid === ivoid
  }

  #record(record: SimulatedRecord): string {
    if (record.xml === undefined) return `<record>${header(record)}</record>`
    const isBroken = this.#isBad(record.ivoid) && this.behaviour === 'broken record'
    const xml = isBroken ? record.xml.replace('</curation>', '</curaton>') : record.xml
    return `<record>${header(record)}<metadata>${xml}</metadata></record>`
  }

  /** The first record changes while the list is being read: it moves to the end. */
  #change(): void {
    this.#hasChanged = true
    const [first, ...others] = this.#selected('', '')
    if (first?.xml === undefined) return
    const xml = first.xml.replace(/<title>[^<]*/, '<title>Changed while paging')
    this.records = [...others, { ...first, datestamp: this.now, xml }]
  }

  #send(response: ServerResponse, content: string, change: (text: string) => string = (text) => text): ServerResponse {
    const text = change(
      `<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>${this.now}</responseDate><request>${this.baseUrl}</request>${content}</OAI-PMH>`,
    )
    // Says UTF-8 and is something else.
    const bytes = this.behaviour === 'wrong encoding' ? Buffer.from(text, 'latin1') : Buffer.from(text)
    return response.writeHead(200, { 'content-type': 'text/xml' }).end(bytes)
  }

  #identity(): string {
    return `<ri:Resource xmlns="" xmlns:ri="http://www.ivoa.net/xml/RegistryInterface/v1.0" xmlns:vg="http://www.ivoa.net/xml/VORegistry/v1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="vg:Registry" status="active" created="2026-01-01T00:00:00Z" updated="2026-01-01T00:00:00Z"><title>${this.#authority}, ${this.behaviour}</title><identifier>${this.ivoid}</identifier><full>false</full><managedAuthority>${this.#authority}</managedAuthority></ri:Resource>`
  }
}

function header({ ivoid, datestamp, xml }: SimulatedRecord): string {
  return `<header${xml === undefined ? ' status="deleted"' : ''}><identifier>${ivoid}</identifier><datestamp>${datestamp}</datestamp><setSpec>ivo_managed</setSpec></header>`
}

let packed: Buffer | undefined

/** A quarter of a megabyte that unpacks to a quarter of a gigabyte. */
function bomb(response: ServerResponse): ServerResponse {
  packed ??= gzipSync(Buffer.alloc(260_000_000, 32))
  response.writeHead(200, { 'content-type': 'text/xml', 'content-encoding': 'gzip' })
  return response.end(packed)
}
