// The benchmarks measure the real path only if their records are real ones: valid, and the same at every run.
import { describe, expect, it } from 'vitest'
import { schemaViolations } from '../support/schemas.js'
import { oaiPages, wholeVo } from './oai-pages.js'
import { hasGenerator, loadSyntheticVo, type SyntheticVo } from './synthetic-vo.js'
import { voresourceRecord } from './voresource-record.js'

const seed = 42

/** A few resources of each kind. */
function sample(vo: SyntheticVo, ofEachKind: number): readonly number[] {
  const taken = new Map<string, number[]>()
  for (let index = 0; index < 6000; index++) {
    const indexes = taken.get(vo.kindOf(index)) ?? []
    if (indexes.length < ofEachKind) taken.set(vo.kindOf(index), [...indexes, index])
  }
  return [...taken.values()].flat()
}

describe.runIf(hasGenerator)('the synthetic VO', () => {
  it('is made of records of nine kinds that are valid by the schemas', async () => {
    const vo = await loadSyntheticVo()
    const indexes = sample(vo, 6)
    expect(new Set(indexes.map(vo.kindOf)).size).toBe(9)
    for (const index of indexes) {
      const record = voresourceRecord(vo.resource(index, seed, 1))
      expect(schemaViolations(record), `${vo.kindOf(index)} ${index}`).toEqual([])
    }
  })

  it('comes as valid OAI-PMH answers, each resource once', async () => {
    const vo = await loadSyntheticVo()
    const pages = [...oaiPages(vo, { ...wholeVo, size: 25, recordsPerPage: 10 })]
    expect(pages.map((page) => page.match(/<record>/g)?.length)).toEqual([10, 10, 5])
    expect(pages.flatMap((page) => schemaViolations(page))).toEqual([])
    const identifiers = pages.flatMap((page) =>
      [...page.matchAll(/<header><identifier>([^<]+)/g)].map((match) => match[1]),
    )
    expect(identifiers).toEqual(Array.from({ length: 25 }, (_, index) => vo.ivoidOf(index)))
  })

  it('has changed records under the same identifiers in version 2', async () => {
    const vo = await loadSyntheticVo()
    const [before] = vo.resource(60, seed, 1).resource
    const [after] = vo.resource(60, seed, 2).resource
    expect(after?.[0]).toBe(before?.[0])
    expect(after?.[4]).not.toBe(before?.[4])
    const pages = [...oaiPages(vo, { ...wholeVo, size: 300, every: 60, version: 2 })]
    expect(pages.map((page) => page.match(/<record>/g)?.length)).toEqual([5])
  })
})
