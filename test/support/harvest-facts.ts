// Facts of a harvest that went well, for tests of what is made from them.
import type { HarvestFacts } from '../../src/registry/harvest-report.js'

export function harvestFacts(changes: Partial<HarvestFacts> = {}): HarvestFacts {
  return {
    registry: 'ivo://good.example/registry',
    baseUrl: 'https://good.example/oai',
    extent: 'full',
    started: new Date('2026-06-01T08:00:00.400Z'),
    outcome: 'taken',
    seen: 100,
    new: 0,
    changed: 0,
    deleted: 0,
    rejected: [],
    seconds: 1.5,
    bytes: 2_000_000,
    warnings: [],
    ...changes,
  }
}
