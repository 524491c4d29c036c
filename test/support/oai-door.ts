// The OAI-PMH door over records in memory, asked without a port.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify, { type FastifyInstance, type InjectOptions } from 'fastify'
import { pino } from 'pino'
import { expect } from 'vitest'
import type { RecordSource } from '../../src/core/record.js'
import { addOaiRoutes } from '../../src/http/oai.js'
import { readXml, type XmlElement } from '../../src/xml/reader.js'
import { registryIvoid } from './sample-records.js'
import { hasShared, schemaViolations } from './schemas.js'

export interface OaiDoor {
  readonly app: FastifyInstance
  readonly state: string
  /** Tells the door that the records were renewed. */
  renewed(): void
  /** Asks with GET; checks status, type and schema; gives the document. */
  ask(query: string): Promise<OaiDocument>
  post(form: string): Promise<OaiDocument>
}

/** An answer with what tests look at. */
export interface OaiDocument {
  readonly text: string
  readonly root: XmlElement
  readonly codes: readonly string[]
  readonly identifiers: readonly string[]
  /** The resumption token element; undefined when there is none. */
  readonly token: XmlElement | undefined
}

export interface DoorOptions {
  readonly pageRecords?: number
  readonly clock?: () => Date
  readonly state?: string
}

export const doorTime = new Date('2026-06-01T12:00:00.500Z')

/** Opens the door; nothing needs closing but `app`. */
export async function openOaiDoor(records: RecordSource, options: DoorOptions = {}): Promise<OaiDoor> {
  const state = options.state ?? mkdtempSync(join(tmpdir(), 'waymark-oai-'))
  const app = Fastify()
  const listeners: (() => void)[] = []
  await app.register(
    async (scope) =>
      addOaiRoutes(scope, {
        config: { baseUrl: 'https://vo.example.edu', state, oaiPageRecords: options.pageRecords ?? 3 },
        clock: options.clock ?? (() => doorTime),
        ivoid: registryIvoid,
        records,
        log: pino({ level: 'silent' }),
        engine: {
          onRenewed: (listener) => listeners.push(listener),
          query: async function* () {
            yield [[1]]
          },
        },
      }),
    { prefix: '/oai' },
  )
  const request = async (message: InjectOptions) => {
    const response = await app.inject(message)
    expect(response.statusCode, response.body.slice(0, 500)).toBe(200)
    expect(response.headers['content-type']).toBe('text/xml; charset=utf-8')
    return readOai(response.body)
  }
  return {
    app,
    state,
    renewed: () => {
      for (const listener of listeners) listener()
    },
    ask: (query) => request({ method: 'GET', url: `/oai?${query}` }),
    post: (form) =>
      request({
        method: 'POST',
        url: '/oai',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: form,
      }),
  }
}

/** Reads an answer; it must be well formed and valid. */
export function readOai(text: string): OaiDocument {
  // Payloads of DataCite have no schema in the folder; the envelope is validated all the same.
  if (hasShared && !text.includes('oai_datacite xmlns')) expect(schemaViolations(text), text).toEqual([])
  const root = readXml(text)
  return {
    text,
    root,
    codes: [...text.matchAll(/<error code="(\w+)"/g)].map((match) => match[1] ?? ''),
    identifiers: [...text.matchAll(/<header[^>]*><identifier>([^<]*)</g)].map((match) => match[1] ?? ''),
    token: findElement(root, 'resumptionToken'),
  }
}

function findElement(element: XmlElement, name: string): XmlElement | undefined {
  for (const child of element.children) {
    if (typeof child === 'string') continue
    const found = child.name === name ? child : findElement(child, name)
    if (found !== undefined) return found
  }
  return undefined
}
