// Files of dumps appear whole or not at all, and never in place of something else.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DumpTarget } from '../../src/registry/dump-target.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waymark-dump-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function* pieces(...texts: readonly string[]) {
  yield* texts
}

describe('a dump', () => {
  it('into a file replaces it when the new one is whole', async () => {
    const file = join(folder, 'records.xml')
    writeFileSync(file, 'old')
    const target = await DumpTarget.openFile(file)
    expect(await target.write('x', pieces('ne', 'w'))).toEqual({ name: 'x', bytes: 3 })
    expect(readFileSync(file, 'utf8')).toBe('old')
    await target.finish({})
    expect(readFileSync(file, 'utf8')).toBe('new')
    expect(readdirSync(folder)).toEqual(['records.xml'])
  })

  it('into a folder replaces an earlier dump as a whole', async () => {
    const path = join(folder, 'deep/tables')
    for (const name of ['one', 'two']) {
      const target = await DumpTarget.openFolder(path)
      await target.write(name, pieces(name))
      await target.finish({ files: [name] })
    }
    expect(readdirSync(path)).toEqual(['dump.json', 'two'])
    expect(readdirSync(join(folder, 'deep'))).toEqual(['tables'])
  })

  it('never replaces a folder of other things', async () => {
    writeFileSync(join(folder, 'thesis.tex'), 'years of work')
    await expect(DumpTarget.openFolder(folder)).rejects.toMatchObject({ kind: 'usage' })
    await expect(DumpTarget.openFolder(join(folder, 'thesis.tex'))).rejects.toMatchObject({ kind: 'usage' })
    expect(readdirSync(folder)).toEqual(['thesis.tex'])
  })

  it('that fails leaves nothing, and the earlier one in place', async () => {
    const file = join(folder, 'records.xml')
    writeFileSync(file, 'old')
    const target = await DumpTarget.openFile(file)
    const broken = async function* () {
      yield 'half'
      throw new Error('the disk is full')
    }
    await expect(target.write('x', broken())).rejects.toThrow('the disk is full')
    await target.discard()
    expect(readdirSync(folder)).toEqual(['records.xml'])
    expect(readFileSync(file, 'utf8')).toBe('old')
  })

  it('removes what a killed one has left', async () => {
    const left = join(folder, 'tables.999999999.part')
    mkdirSync(left)
    const other = join(folder, 'other.999999999.part')
    mkdirSync(other)
    await (await DumpTarget.openFolder(join(folder, 'tables'))).discard()
    expect(existsSync(left)).toBe(false)
    expect(existsSync(other)).toBe(true)
  })
})
