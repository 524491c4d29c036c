// A process of its own with the simulated registries, so that their work is not counted. Prints their addresses as JSON.
//   node --import ./test/bench/typescript.mjs test/bench/harvest-server.ts REGISTRIES RECORDS SEED
import { simulateRegistry } from '../support/simulated-registry.js'
import { planRecords, planRegistries } from './harvest-registries.js'
import { loadSyntheticVo } from './synthetic-vo.js'

const [registries = '50', records = '30000', seed = '42'] = process.argv.slice(2)
const vo = await loadSyntheticVo()
const running = []
for (const plan of planRegistries(Number(registries), Number(records))) {
  const { ivoid, authority, behaviour } = plan
  const options = {
    ivoid,
    authority,
    behaviour,
    records: planRecords(vo, plan, Number(seed)),
    pageRecords: Math.min(250, Math.ceil((plan.until - plan.from) / 8)),
  }
  running.push(await simulateRegistry({ ...options, now: '2026-06-01T12:00:00Z' }))
}
process.stdout.write(`${JSON.stringify(running.map(({ baseUrl }) => baseUrl))}\n`)
