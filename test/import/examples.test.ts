// Every documented example comes back from its own record: the same bytes when it is built again, and the same keys
// wherever the record still tells them.
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { importRecord } from '../../src/import/import-record.js'
import { buildRecord } from '../../src/voresource/build.js'
import { capabilityTypes } from '../../src/voresource/capabilities/index.js'
import { type Descriptor, resourceTypes } from '../../src/voresource/resource-types/index.js'
import { readXml } from '../../src/xml/reader.js'
import { context, hostOf } from '../voresource/support.js'

// `servedBy` is filled in from the record of another descriptor; alone, the example has the properties it stands for.
const alone = (yaml: string) => yaml.replace(/^servedBy:.*\n/m, '')

/** Where a record cannot tell what was written: what comes back in its place, meaning the same. */
const others: Readonly<Record<string, string>> = {
  'vr:Organisation': 'ROR of a publisher, which VOResource 1.1 has no place for',
  'vs:DataService': 'a default of the capability, now stated',
  'doc:Document': 'accessUrl in place of the interface it stands for',
  'vr:Capability': 'accessUrl in place of the interface it stands for',
}

describe.each([
  ...resourceTypes.map((one) => [one.type, alone(one.example)] as const),
  ...capabilityTypes.map((one) => [one.type, hostOf(one.example)] as const),
])('the example of %s', (type, yaml) => {
  const descriptor = parse(yaml) as Descriptor

  it('is imported from its record as it was written', () => {
    const record = buildRecord(descriptor, context)
    const imported = importRecord(readXml(record))
    expect([...imported.losses, ...imported.conversions]).toEqual([])
    expect(buildRecord(imported.descriptor, context)).toBe(record)
    if (others[type] === undefined) expect(imported.descriptor).toEqual(descriptor)
    else expect(imported.descriptor, others[type]).not.toEqual(descriptor)
  })

  it('loses nothing in the profile "current" either', () => {
    const imported = importRecord(readXml(buildRecord(descriptor, { ...context, profile: 'current' })))
    expect([...imported.losses, ...imported.conversions]).toEqual([])
  })
})
