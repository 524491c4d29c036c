// Records as lines of JSON, there and back.
import { describe, expect, it } from 'vitest'
import { parseIvoid } from '../../src/core/ivoid.js'
import { incomingLines, recordLine } from '../../src/registry/record-lines.js'
import { sampleRecords } from '../support/sample-records.js'

const options = {
  origin: parseIvoid('ivo://example.edu/files'),
  source: 'records.ndjson',
  clock: () => new Date('2026-06-01T00:00:00Z'),
}

async function read(text: string) {
  const found: unknown[] = []
  // In pieces that end anywhere.
  const pieces = async function* () {
    for (let start = 0; start < text.length; start += 700) yield text.slice(start, start + 700)
  }
  for await (const record of incomingLines(pieces(), options)) found.push(record)
  return found
}

describe('lines of records', () => {
  it('give the same records again, tombstones and origins included', async () => {
    const records = sampleRecords()
    expect(records.some(({ status }) => status === 'deleted')).toBe(true)
    const plain = records.map((record) => JSON.parse(recordLine(record)) as object)
    const again = await read(records.map(recordLine).join(''))
    expect(again.map((record) => ({ xml: null, ...(record as object) }))).toEqual(plain)
  })

  it.each([
    ['{"ivoid":"x"}', '"ivoid" is not an IVOID'],
    ['[1', 'it is not a JSON object'],
    ['{"ivoid":"ivo://a.example/b","origin":1}', '"origin" is not an IVOID'],
    ['{"ivoid":"ivo://a.example/b","origin":"ivo://a.example/r","datestamp":"2026"}', '"datestamp" is not'],
    [
      '{"ivoid":"ivo://a.example/b","origin":"ivo://a.example/r","datestamp":"2026-01-01T00:00:00Z","status":"odd"}',
      '"status" is neither',
    ],
    [
      '{"ivoid":"ivo://a.example/b","origin":"ivo://a.example/r","datestamp":"2026-01-01T00:00:00Z","status":"active"}',
      '"xml" is missing',
    ],
  ])('set %s aside with its reason and number, and go on', async (line, reason) => {
    const [first, second] = await read(`${line}\n\n${recordLine(sampleRecords()[0] ?? expect.unreachable())}`)
    expect(first).toMatchObject({ status: 'quarantined', source: 'records.ndjson', xml: line })
    expect(first).toMatchObject({ reason: expect.stringMatching(`^line 1: ${reason}`) })
    expect(second).toMatchObject({ status: 'active' })
  })
})
