// Command: a folder of OAI-PMH answers → a new generation of the state folder, by the same steps as `waymark ingest`.
// A process of its own, so that its CPU time and memory can be told from the rest.
//   node --import ./test/bench/typescript.mjs test/bench/ingest-pages.ts STATE PAGES [ENGINE DATABASE_URL]
import { createReadStream, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../../src/core/clock.js'
import { parseIvoid } from '../../src/core/ivoid.js'
import { openEngine } from '../../src/engines/index.js'
import { prepareGeneration } from '../../src/registry/generation.js'
import { type Incoming, incomingRecords } from '../../src/registry/incoming.js'
import { ingestRecords } from '../../src/registry/ingest.js'
import { declaredSchemas } from '../../src/tables/declared.js'

const [state = '', pages = '', engineName = 'duckdb', databaseUrl = ''] = process.argv.slice(2)
const origin = parseIvoid('ivo://synthetic.example/registry')
const schemas = declaredSchemas()

async function* records(): AsyncGenerator<Incoming> {
  for (const source of readdirSync(pages).sort()) {
    const text = createReadStream(join(pages, source), { encoding: 'utf8', highWaterMark: 1 << 18 })
    yield* incomingRecords(text as AsyncIterable<string>, { origin, source, clock: systemClock })
  }
}

await using engine = await openEngine(engineName, { state, databaseUrl })
await engine.renew(async (next) => {
  await prepareGeneration(next, schemas)
  const { active, quarantined } = await ingestRecords(next, records(), { schemas })
  console.log(`${active} records, ${quarantined.length} set aside`)
})
