// Unchanged files are neither parsed nor built again; whatever changes is.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { recordBuilder } from '../../src/voresource/build.js'
import { programDigest, ResourceCache } from '../../src/voresource/cache.js'
import { loadResources } from '../../src/voresource/load.js'
import { catalog, context, folderOf, organisation } from './support.js'

const files = {
  'a.yaml': organisation(),
  'tap.yaml': catalog({ tableset: { schemas: [{ name: 'a', tables: [{ include: 'tables/a.yaml' }] }] } }),
  'tables/a.yaml': 'name: a.star\nnrows: 7\n',
}

/** One run over a folder; tells what was made and gives the records. */
async function run(folder: string, cacheFile: string, program = 'program 1', baseUrl = context.self.baseUrl) {
  const cache = await ResourceCache.open(cacheFile, program)
  const { descriptors, findings } = await loadResources(folder, { cache })
  expect(findings).toEqual([])
  const build = recordBuilder({ self: { baseUrl } }, cache)
  const records = descriptors.map((one) => build(one))
  const before = cache.remember('record', 'probe', () => 'new')
  await cache.save()
  return { records, before }
}

describe('the cache', () => {
  it('gives the same records, read from its file', async () => {
    const folder = folderOf(files)
    const cacheFile = join(folderOf({}), 'deep/cache.json')
    const first = await run(folder, cacheFile)
    const stored = readFileSync(cacheFile, 'utf8')
    // Proof that the second run takes them from the file: what stands there comes out.
    writeFileSync(cacheFile, stored.replaceAll('Example TAP service', 'Kept TAP service'))
    const second = await run(folder, cacheFile)
    expect(second.records[1]).toBe(first.records[1]?.replace('Example TAP service', 'Kept TAP service'))
    expect(second.records[0]).toBe(first.records[0])
  })

  it.each([
    [
      'a descriptor',
      (folder: string) => writeFileSync(join(folder, 'tap.yaml'), catalog({ title: 'Changed title' })),
      'Changed title',
    ],
    [
      'an included file',
      (folder: string) => writeFileSync(join(folder, 'tables/a.yaml'), 'name: a.star\nnrows: 8\n'),
      '<nrows>8</nrows>',
    ],
    [
      'the defaults',
      (folder: string) => writeFileSync(join(folder, 'site.yaml'), 'creators: ["Changed, C."]\n'),
      'Changed, C.',
    ],
  ])('makes anew what %s changes', async (_, change, expected) => {
    const folder = folderOf(files)
    const cacheFile = join(folderOf({}), 'cache.json')
    const first = await run(folder, cacheFile)
    expect(first.records[1]).not.toContain(expected)
    change(folder)
    expect((await run(folder, cacheFile)).records[1]).toContain(expected)
  })

  it('makes everything anew for another program or context', async () => {
    const folder = folderOf({ 'a.yaml': catalog({ self: true, capabilities: undefined }) })
    const cacheFile = join(folderOf({}), 'cache.json')
    await run(folder, cacheFile)
    writeFileSync(cacheFile, readFileSync(cacheFile, 'utf8').replaceAll('Example TAP service', 'Kept TAP service'))
    expect((await run(folder, cacheFile, 'program 2')).records[0]).toContain('Example TAP service')
    const moved = await run(folder, cacheFile, 'program 2', 'https://moved.example.edu')
    expect(moved.records[0]).toContain('https://moved.example.edu/tap')
  })

  it('survives a file that was cut off, and forgets what is not used any more', async () => {
    const folder = folderOf(files)
    const cacheFile = join(folderOf({}), 'cache.json')
    await run(folder, cacheFile)
    const whole = readFileSync(cacheFile, 'utf8')
    writeFileSync(cacheFile, whole.slice(0, 100))
    const again = await run(folder, cacheFile)
    expect(again.records).toHaveLength(2)
    expect(JSON.parse(readFileSync(cacheFile, 'utf8'))).toEqual(JSON.parse(whole))
    const fewer = folderOf({ 'a.yaml': files['a.yaml'] })
    await run(fewer, cacheFile)
    expect(readFileSync(cacheFile, 'utf8')).not.toContain('a.star')
  })

  it('knows the program by its code', () => {
    expect(programDigest()).toMatch(/^[0-9a-f]{64}$/)
    expect(programDigest()).toBe(programDigest())
  })
})
