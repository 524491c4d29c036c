// What the rules have in common: how they see descriptors and how they report.
import type { Capability } from '../capabilities/index.js'
import type { Coverage } from '../coverage.js'
import type { Severity } from '../finding.js'
import type { LoadedDescriptor } from '../load.js'
import type { Descriptor } from '../resource-types/index.js'
import type { RuleName } from '../rule-help.js'
import type { Tableset } from '../tableset.js'

/** One fault, before its place is looked up. */
export interface Fault {
  /** JSON pointer of the part at fault. */
  readonly pointer: string
  readonly rule: RuleName
  readonly severity: Severity
  readonly message: string
  readonly hint?: string
  /** Whether the key or the value is at fault; the value when not said. */
  readonly part?: 'key' | 'value'
}

export type Report = (fault: Fault) => void

/** Judges one descriptor. */
export type ResourceRule = (descriptor: Descriptor, report: Report) => void

/** Judges all descriptors together. */
export type SetRule = (
  resources: readonly LoadedDescriptor[],
  report: (resource: LoadedDescriptor, fault: Fault) => void,
) => void

/** Parts that only some resource types have. */
export interface DescriptorParts {
  readonly capabilities: readonly Capability[]
  readonly tableset: Tableset | undefined
  readonly coverage: Coverage | undefined
}

/** The parts of a descriptor, empty where its type has none. */
export function partsOf(descriptor: Descriptor): DescriptorParts {
  return {
    capabilities: ('capabilities' in descriptor ? descriptor.capabilities : undefined) ?? [],
    tableset: 'tableset' in descriptor ? descriptor.tableset : undefined,
    coverage: 'coverage' in descriptor ? descriptor.coverage : undefined,
  }
}

/** Text for a message, shortened. */
export function quoted(text: string): string {
  return `"${text.length > 80 ? `${text.slice(0, 80)}…` : text}"`
}
