// `waymark publish` as an operator meets it: what it prints, what it leaves behind, what it refuses.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { runCommandLine } from '../../src/commands/index.js'

const shipped = fileURLToPath(new URL('../../resources', import.meta.url))

let folder: string
let resources: string
let state: string

let first: Awaited<ReturnType<typeof waymark>>

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waymark-publish-'))
  resources = join(folder, 'resources')
  state = join(folder, 'state')
  cpSync(shipped, resources, { recursive: true })
  first = await waymark('publish')
})
// What is published stays; only the descriptors are put right again.
afterEach(() => cpSync(shipped, resources, { recursive: true }))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function waymark(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = ''
  let err = ''
  const code = await runCommandLine([...args, '--resources', resources, '--state', state, '--log', 'silent'], {
    environment: {},
    write: (text) => {
      out += text
    },
    writeError: (text) => {
      err += text
    },
    readInput: async function* () {},
    isTerminal: false,
  })
  return { code, out, err }
}

const ledger = (): string => readFileSync(join(state, 'ledger.json'), 'utf8')
const generations = (): string[] => readdirSync(join(state, 'generations')).sort()

function edit(file: string, from: string | RegExp, to: string): number {
  const path = join(resources, file)
  const before = readFileSync(path, 'utf8')
  const after = before.replace(from, to)
  expect(after, `${file} has ${String(from)}`).not.toBe(before)
  writeFileSync(path, after)
  return before.slice(0, before.search(from)).split('\n').length
}

describe('publish', () => {
  it('publishes what ships, and a second time changes nothing', async () => {
    expect(first.err).toBe('')
    expect(first.code).toBe(0)
    expect(first.out).toMatch(/17 new/)
    const before = { ledger: ledger(), generations: generations() }
    const second = await waymark('publish')
    expect(second.out).toMatch(/17 unchanged/)
    expect({ ledger: ledger(), generations: generations() }).toEqual(before)
  })

  it('reports one changed access URL as one changed record', async () => {
    edit('mast/gaiadr3.yaml', 'api/v0.1/gaiadr3\n', 'api/v0.2/gaiadr3\n')
    const { out } = await waymark('publish')
    expect(out).toMatch(/1 changed/)
    expect(out).toContain('ivo://archive.stsci.edu/tap/gaiadr3')
  })
})

describe('publish refuses, with file and line and exit code 4, and leaves what is published alone,', () => {
  const mistakes: { what: string; make: () => { file: string; line?: number; says: RegExp } }[] = [
    {
      what: 'a wrong UCD',
      make: () => ({
        file: 'mast/tables/tic.yaml',
        line: edit('mast/tables/tic.yaml', 'pos.eq.ra', 'pos.eq.raa'),
        says: /pos\.eq\.raa/,
      }),
    },
    {
      what: 'a missing contact',
      make: () => {
        edit('site.yaml', /^contacts:.*\n/m, '')
        return { file: 'mast/gaiadr3.yaml', says: /contact/ }
      },
    },
    {
      what: 'a duplicate IVOID',
      make: () => ({
        file: 'mast/hsc.yaml',
        line: edit('mast/hsc.yaml', 'ivoid: ivo://mast.example/tap/hsc', 'ivoid: ivo://Archive.stsci.edu/tap/GAIAdr3'),
        says: /gaiadr3/i,
      }),
    },
    {
      what: 'an access URL that is none',
      make: () => ({
        file: 'mast/gaiadr3.yaml',
        line: edit('mast/gaiadr3.yaml', 'accessUrl: https://mast', 'accessUrl: mast'),
        says: /mast\.stsci\.edu\/vo-tap/,
      }),
    },
    {
      what: 'a tab',
      make: () => ({
        file: 'mast/gaiadr3.yaml',
        line: edit('mast/gaiadr3.yaml', '  wavebands', '\twavebands'),
        says: /tab/i,
      }),
    },
  ]

  it.each(mistakes)('$what', async ({ make }) => {
    const before = { ledger: ledger(), generations: generations() }
    const { file, line, says } = make()
    const { code, err } = await waymark('publish')
    expect(code).toBe(4)
    const messages = err.split('\n').filter((one) => one.includes(file))
    expect(messages.length, err).toBeGreaterThan(0)
    expect(messages[0]).toMatch(says)
    expect(messages[0]).toMatch(line === undefined ? /:\d+:\d+/ : new RegExp(`:${line}:\\d+`))
    expect({ ledger: ledger(), generations: generations() }).toEqual(before)
  })
})
