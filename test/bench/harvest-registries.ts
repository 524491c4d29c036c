// The synthetic VO → fifty registries of very different sizes, several of which misbehave, as real ones do.
import { type Behaviour, behaviours, type SimulatedRecord } from '../support/simulated-registry.js'
import type { SyntheticVo } from './synthetic-vo.js'
import { voresourceRecord } from './voresource-record.js'

export interface RegistryPlan {
  readonly number: number
  readonly authority: string
  readonly ivoid: string
  readonly behaviour: Behaviour
  /** Numbers of its resources in the synthetic VO: from, and the first that is not. */
  readonly from: number
  readonly until: number
}

/** One of each; the others are sound. The great ones are sound too, so that all of their records count. */
const misbehaving: readonly Behaviour[] = behaviours.filter(
  (behaviour) => behaviour !== 'sound' && behaviour !== 'no records',
)

/** Shares as in the VO: a few registries have nearly everything. */
export function planRegistries(count: number, records: number): readonly RegistryPlan[] {
  const weights = Array.from({ length: count }, (_, number) => 1 / (number + 1))
  const all = weights.reduce((sum, weight) => sum + weight, 0)
  let from = 0
  return weights.map((weight, number) => {
    const until =
      number === count - 1 ? records : Math.min(records, from + Math.max(1, Math.round((records * weight) / all)))
    const authority = `registry-${number}.example`
    const behaviour = misbehaving[number - 10] ?? 'sound'
    const plan = { number, authority, ivoid: `ivo://${authority}/registry`, behaviour, from, until }
    from = until
    return plan
  })
}

/** Its records, each under a name of its authority. */
export function planRecords(
  vo: SyntheticVo,
  { authority, from, until }: RegistryPlan,
  seed: number,
): readonly SimulatedRecord[] {
  return Array.from({ length: until - from }, (_, place) => {
    const rows = vo.resource(from + place, seed, 1)
    const [given, , , , , updated] = rows.resource[0] ?? []
    const ivoid = `ivo://${authority}/${String(given).replace(/^ivo:\/\//, '')}`
    return {
      ivoid,
      datestamp: `${updated}Z`,
      xml: voresourceRecord(rows).replaceAll(`>${given}<`, `>${ivoid}<`),
    }
  })
}
