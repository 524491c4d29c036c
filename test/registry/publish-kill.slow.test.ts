// kill -9 at any moment of a publication: nothing is lost, no datestamp that was seen moves, ledger and records agree.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { foldIvoid, type Ivoid } from '../../src/core/ivoid.js'
import { DuckdbEngine } from '../../src/engines/duckdb.js'
import { EngineRecordStore } from '../../src/registry/engine-store.js'
import { openLedger } from '../../src/registry/ledger.js'
import type { BuiltResource } from '../../src/registry/publication.js'
import { publish } from '../../src/registry/publish.js'
import { contentHash } from '../../src/registry/record-times.js'
import { SqlRecordSource } from '../../src/registry/records.js'
import { declaredSchemas } from '../../src/tables/declared.js'
import { builtFile } from '../support/built.js'
import { resource } from '../support/publishing.js'
import { registryIvoid } from '../support/sample-records.js'

const kills = 3
const names = ['a', 'b', 'c', 'd', 'e']

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waymark-kill-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Round n: the title of one resource is n, the others keep theirs; every third round one of them is missing. */
function resourcesOf(round: number): readonly BuiltResource[] {
  return names
    .map((name, place) => resource(name, `title ${round - ((round - place + names.length) % names.length)}`))
    .filter((_, place) => round % 3 !== 0 || place !== round % names.length)
}

/** A process that publishes round after round, and says each before it begins. */
function startPublisher(firstRound: number) {
  const rounds = Array.from({ length: 200 }, (_, index) => resourcesOf(firstRound + index))
  writeFileSync(join(folder, 'rounds.json'), JSON.stringify(rounds))
  const script = join(folder, 'publisher.mjs')
  // All from one translation, so that classes are the same everywhere.
  const sources = dirname(builtFile('main'))
  const built = (name: string) => JSON.stringify(join(sources, `${name}.js`))
  writeFileSync(
    script,
    `import { readFileSync } from 'node:fs'
     import { DuckdbEngine } from ${built('engines/duckdb')}
     import { EngineRecordStore } from ${built('registry/engine-store')}
     import { openLedger } from ${built('registry/ledger')}
     import { publish } from ${built('registry/publish')}
     import { SqlRecordSource } from ${built('registry/records')}
     import { declaredSchemas } from ${built('tables/declared')}
     const rounds = JSON.parse(readFileSync(${JSON.stringify(join(folder, 'rounds.json'))}, 'utf8'))
     const engine = await DuckdbEngine.open({ folder: ${JSON.stringify(join(folder, 'generations'))} })
     const registry = ${JSON.stringify(registryIvoid)}
     const store = new EngineRecordStore({ engine, records: new SqlRecordSource(engine), schemas: declaredSchemas(), registry })
     const ledger = openLedger(${JSON.stringify(join(folder, 'ledger.json'))})
     for (const [index, resources] of rounds.entries()) {
       process.stdout.write(${firstRound} + index + '\\n')
       await publish({ ledger, store, registry, clock: () => new Date() }, resources)
     }`,
  )
  return spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
}

it(`survives ${kills} kills of the publisher`, { timeout: 90_000 }, async () => {
  const ledger = openLedger(join(folder, 'ledger.json'))
  let round = 1
  const highestSeen = new Map<string, string>()
  for (let kill = 0; kill < kills; kill++) {
    const publisher = startPublisher(round)
    let said = ''
    publisher.stdout.on('data', (text: Buffer) => {
      said += text.toString()
    })
    while (said === '') {
      expect(publisher.exitCode).toBe(null)
      await sleep(5)
    }
    await sleep(50 + Math.random() * 700)
    publisher.kill('SIGKILL')
    await once(publisher, 'exit')
    round = Number(said.trim().split('\n').at(-1))

    await using engine = await DuckdbEngine.open({ folder: join(folder, 'generations') })
    const records = new SqlRecordSource(engine)
    const store = new EngineRecordStore({ engine, records, schemas: declaredSchemas(), registry: registryIvoid })
    const held = await store.held()
    const seen = new Map<Ivoid, { readonly datestamp: string; readonly hash: string }>()
    for (const { ivoid, datestamp } of held.values()) {
      const record = await store.get(ivoid)
      const hash = record === undefined || record.status === 'deleted' ? 'deleted' : contentHash(record.xml)
      seen.set(ivoid, { datestamp, hash })
      expect(datestamp >= (highestSeen.get(ivoid) ?? '')).toBe(true)
    }

    const report = await publish(
      { ledger, store, registry: registryIvoid, clock: () => new Date() },
      resourcesOf(round),
    )
    expect(report.restored).toEqual([])
    const wanted = new Map(resourcesOf(round).map(({ ivoid, xml }) => [ivoid, contentHash(xml)]))
    const healed = await ledger.read()
    expect(healed.pending).toBe(undefined)
    for (const [ivoid, { datestamp, hash }] of seen) {
      const after = healed.entries.get(foldIvoid(ivoid))?.datestamp ?? ''
      if (hash === (wanted.get(ivoid) ?? 'deleted')) expect(after).toBe(datestamp)
      else expect(after > datestamp).toBe(true)
      highestSeen.set(ivoid, after)
    }
    const served = await store.held()
    expect([...served].map(([key, { datestamp, deleted }]) => [key, datestamp, deleted]).sort()).toEqual(
      [...healed.entries].map(([key, { datestamp, deleted }]) => [key, datestamp, deleted]).sort(),
    )
    round++
  }
  expect(round).toBeGreaterThan(kills)
})
