// kill -9 at any moment of a renewal leaves a state that works: the one before or the one after.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { sql } from '../../src/core/sql.js'
import { DuckdbEngine } from '../../src/engines/duckdb.js'
import { builtFile } from '../support/built.js'
import { rowsOf, temporaryFolder, toys, zoo } from './support.js'

const kills = 8
const owners = 40
const toysPerOwner = 100

/** A process that renews for ever: each renewal replaces every row, so that all rows carry one version. */
function startWriter(folder: string): ChildProcess {
  const script = join(folder, 'writer.mjs')
  writeFileSync(
    script,
    `import { DuckdbEngine } from ${JSON.stringify(builtFile('engines/duckdb'))}
     import { sql } from ${JSON.stringify(builtFile('core/sql'))}
     const toys = ${JSON.stringify(toys)}
     const engine = await DuckdbEngine.open({ folder: ${JSON.stringify(join(folder, 'generations'))} })
     process.stdout.write('ready')
     for (;;) {
       await engine.renew(async (next) => {
         const versions = []
         for await (const batch of next.query(sql\`SELECT max(price) FROM zoo.toy\`)) versions.push(batch[0][0])
         const version = versions[0] + 1
         for (let owner = 0; owner < ${owners}; owner += 1) {
           if (owner % 10 === 0) await next.run(sql\`DELETE FROM zoo.toy WHERE price < \${version} AND CAST(owner AS INTEGER) BETWEEN \${owner} AND \${owner + 9}\`)
           await next.append(toys, Array.from({ length: ${toysPerOwner} }, (_, toy) => [String(owner), 'toy ' + toy, version]))
         }
       })
       process.stdout.write('renewed')
     }`,
  )
  return spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
}

it(`survives ${kills} kills of the writer`, { timeout: 120_000 }, async () => {
  const folder = temporaryFolder()
  const generations = join(folder, 'generations')
  {
    await using engine = await DuckdbEngine.open({ folder: generations })
    await engine.renew(async (next) => {
      await next.createTables([zoo])
      for (let owner = 0; owner < owners; owner += 1)
        await next.append(
          toys,
          Array.from({ length: toysPerOwner }, (_, toy) => [String(owner), `toy ${toy}`, 1]),
        )
    })
  }
  let latest = 1
  for (let kill = 0; kill < kills; kill += 1) {
    const writer = startWriter(folder)
    const out = writer.stdout ?? writer
    await once(out, 'data')
    // Every other one in its first renewal as a rule; the rest in a later one, however slow the machine is.
    if (kill % 2 === 1) await once(out, 'data')
    await sleep(20 + Math.random() * 300)
    writer.kill('SIGKILL')
    await once(writer, 'exit')

    await using engine = await DuckdbEngine.open({ folder: generations })
    const [row] = await rowsOf(
      engine,
      sql`SELECT count(*), count(DISTINCT price), max(price), count(DISTINCT owner) FROM zoo.toy`,
    )
    const [rows, versions, version, differentOwners] = row ?? []
    expect([rows, versions, differentOwners]).toEqual([owners * toysPerOwner, 1, owners])
    expect(version).toBeGreaterThanOrEqual(latest)
    latest = Number(version)
    // The dead writer's lock and files are no hindrance, and do not stay.
    await engine.renew((next) => next.run(sql`UPDATE zoo.toy SET price = price + 1`))
    const left = readdirSync(generations).filter((name) => name !== 'temporary' && name !== 'current')
    expect(left.every((name) => /^\d+\.duckdb$/.test(name))).toBe(true)
    expect(left.length).toBeLessThanOrEqual(2)
    latest += 1
  }
  expect(latest).toBeGreaterThan(kills + 1)
})
