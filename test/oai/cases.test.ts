// test/cases/oai.json: request → golden document. UPDATE_GOLDEN=1 rewrites the documents.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { textOf } from '../../src/xml/reader.js'
import { MemoryRecords } from '../support/memory-records.js'
import { type OaiDoor, openOaiDoor } from '../support/oai-door.js'
import { sampleRecords } from '../support/sample-records.js'

interface Case {
  readonly golden: string
  readonly request: string
  /** Which part of a list, from 1; later ones are reached through their tokens. */
  readonly part?: number
}

const folder = fileURLToPath(new URL('../', import.meta.url))
const cases = JSON.parse(readFileSync(`${folder}cases/oai.json`, 'utf8')) as readonly Case[]

let door: OaiDoor
beforeAll(async () => {
  const state = mkdtempSync(join(tmpdir(), 'waymark-oai-'))
  // A key of its own for every run would change the tokens in the documents.
  writeFileSync(join(state, 'oai-token.key'), `${'5a'.repeat(32)}\n`)
  door = await openOaiDoor(new MemoryRecords().put(...sampleRecords()), { state })
})

describe('documents as they are sent', () => {
  it.each(cases)('$golden: $request', async ({ golden, request, part = 1 }) => {
    let document = await door.ask(request)
    for (let number = 1; number < part; number++) {
      const token = document.token === undefined ? '' : textOf(document.token)
      document = await door.ask(`${request.split('&')[0]}&resumptionToken=${token}`)
    }
    const path = `${folder}golden/oai/${golden}.xml`
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, document.text)
    expect(document.text).toBe(readFileSync(path, 'utf8'))
  })
})
