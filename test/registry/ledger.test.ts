import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { parseIvoid } from '../../src/core/ivoid.js'
import { backupPath, type Ledger, type LedgerEntry, openLedger } from '../../src/registry/ledger.js'
import { stamp } from '../support/sample-records.js'

let path: string
let ledger: Ledger
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'waymark-ledger-')), 'state', 'ledger.json')
  ledger = openLedger(path)
})

const entry: LedgerEntry = {
  ivoid: parseIvoid('ivo://example.edu/Stars'),
  hash: 'a'.repeat(64),
  created: stamp('2026-01-01T00:00:00Z'),
  datestamp: stamp('2026-03-01T00:00:00Z'),
  deleted: false,
}
const entries = new Map([['ivo://example.edu/stars', entry]])

describe('the ledger', () => {
  it('is empty while there is no file, also after one was removed', async () => {
    expect(await ledger.read()).toEqual({ entries: new Map() })
    await ledger.write({ entries })
    rmSync(path)
    expect(await ledger.read()).toEqual({ entries: new Map() })
  })

  it('reads what it wrote, in another process too', async () => {
    const content = { entries, highest: stamp('2026-04-01T00:00:00Z'), pending: entries }
    await ledger.write(content)
    expect(await openLedger(path).read()).toEqual(content)
  })

  it('is written in the order of the keys, so that versions can be compared', async () => {
    const other = { ...entry, ivoid: parseIvoid('ivo://example.edu/a') }
    await ledger.write({ entries: new Map([...entries, ['ivo://example.edu/a', other]]) })
    const keys = Object.keys((JSON.parse(readFileSync(path, 'utf8')) as { records: object }).records)
    expect(keys).toEqual(['ivo://example.edu/a', 'ivo://example.edu/stars'])
  })

  it('keeps what it held before the last change', async () => {
    await ledger.write({ entries: new Map() })
    expect(existsSync(backupPath(path))).toBe(false)
    await ledger.write({ entries })
    expect(await openLedger(backupPath(path)).read()).toEqual({ entries: new Map() })
  })

  const whole = { version: 1, records: { 'ivo://example.edu/stars': entry } }
  it.each([
    ['half a file', JSON.stringify(whole).slice(0, 100)],
    ['an empty file', ''],
    ['another kind of file', '[]'],
    ['another version', JSON.stringify({ ...whole, version: 2 })],
    ['no records', JSON.stringify({ version: 1 })],
    ['an entry under a foreign key', JSON.stringify({ version: 1, records: { 'ivo://example.edu/b': entry } })],
    ['a date that is none', JSON.stringify(whole).replace('2026-03-01', '2026-03-32')],
    ['created after the last change', JSON.stringify(whole).replace('2026-01-01', '2027-01-01')],
    ['a hash that is none', JSON.stringify(whole).replace('aaaa', 'zzzz')],
    ['a highest datestamp that is none', JSON.stringify({ ...whole, highest: 'now' })],
  ])('refuses %s, naming the file and its backup, and leaves it as it is', async (_what, text) => {
    await ledger.write({ entries })
    writeFileSync(path, text)
    await expect(openLedger(path).read()).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining(backupPath(path)) as string,
    })
    expect(readFileSync(path, 'utf8')).toBe(text)
  })
})
