// Whatever the shapes and rules accept builds XML that the official schemas accept.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildRecord } from '../../src/voresource/build.js'
import { formatFinding } from '../../src/voresource/finding.js'
import { LocatedValue } from '../../src/voresource/merge.js'
import { type Descriptor, resourceTypes } from '../../src/voresource/resource-types/index.js'
import { SchemaChecker } from '../../src/voresource/schema-check.js'
import type { JsonSchema } from '../../src/voresource/shape.js'
import { readXml } from '../../src/xml/reader.js'
import { hasShared, schemaViolations } from '../support/schemas.js'
import { context, times } from './support.js'

/** Texts that hurt: markup, white space, letters of other scripts, characters XML cannot carry. */
const texts = fc.oneof(
  fc.constantFrom(
    'a <b> & "c" \'d\'',
    ' x ',
    'two\n\nparagraphs',
    'Ωmega – 日本',
    'tab\there',
    ']]>',
    'control\u0001character',
    '-1e3',
  ),
  fc.string({ minLength: 1, maxLength: 20 }).filter((text) => text.trim() !== ''),
)

/** A value that the shape accepts. Patterns are met by drawing from known examples of each. */
function arbitraryOf(shape: JsonSchema): fc.Arbitrary<unknown> {
  if (shape.anyOf !== undefined) return fc.oneof(...shape.anyOf.map(arbitraryOf))
  if (shape.oneOf !== undefined) return fc.oneof(...shape.oneOf.map(arbitraryOf))
  if (shape.enum !== undefined) return fc.constantFrom(...shape.enum)
  switch (shape.type) {
    case 'string':
      return textOf(shape)
    case 'integer':
      return fc.integer({ min: shape.minimum ?? -1000, max: shape.maximum ?? 1_000_000 })
    case 'number':
      return fc.double({ min: shape.minimum ?? -1000, max: shape.maximum ?? 1000, noNaN: true })
    case 'boolean':
      return fc.boolean()
    case 'array':
      return fc.array(arbitraryOf(shape.items ?? {}), {
        minLength: shape.minItems ?? 0,
        maxLength: shape.maxItems ?? 2,
      })
    default:
      return objectOf(shape)
  }
}

function textOf(shape: JsonSchema): fc.Arbitrary<string> {
  if (shape.format === 'email') return fc.constant('help@archive.example.edu')
  if (shape.pattern === undefined) return texts.map((text) => [...text].slice(0, shape.maxLength ?? 60).join(''))
  const pattern = new RegExp(shape.pattern, 'u')
  const fitting = samples.filter((sample) => pattern.test(sample))
  if (fitting.length === 0) throw new Error(`no sample for ${shape.pattern}`)
  return fc.constantFrom(...fitting)
}

const samples = [
  'ivo://archive.example.edu/a',
  'ivo://archive.example.edu/b/c+d',
  'https://archive.example.edu/x?a=1&b=2',
  'archive.example.edu',
  'doi:10.5072/x',
  '10.5072/x<y>',
  '2020ApJS..251....7F',
  '0000-0002-1825-0097',
  '03yrm5c26',
  '2024-02-29',
  '2024-02-29T23:59:59Z',
  'std',
  '*',
  '2x3*',
  'ADQL',
  'en',
  'inline',
  'VARCHAR(12)',
  'vs:DataCollection',
]

function objectOf(shape: JsonSchema): fc.Arbitrary<unknown> {
  if (typeof shape.additionalProperties === 'object')
    return fc.dictionary(
      fc.constantFrom('udf', 'adqlgeo', 'ivo://a.example/list#x'),
      arbitraryOf(shape.additionalProperties),
      { maxKeys: 2 },
    )
  const properties = Object.entries(shape.properties ?? {}).filter(([key]) => !leftOut.has(key))
  const model = Object.fromEntries(properties.map(([key, one]) => [key, arbitraryOf(one)]))
  const required = (shape.required ?? []).filter((key) => key in model)
  return fc.record(model, { requiredKeys: required })
}

/** Raw XML and the types that go with it, and what other records or this program supply. */
const leftOut = new Set(['extension', 'stc', 'xsiType', 'self', 'servedBy', 'catalogs'])

/** What only the rules know, and XML Schema too: what a TAP capability must have, names given twice. */
function madeConsistent(value: unknown): Descriptor {
  const descriptor = structuredClone(value) as Record<string, unknown>
  for (const capability of (descriptor.capabilities ?? []) as Record<string, unknown>[]) {
    if (capability.type === 'tr:TableAccess') {
      capability.languages ??= [{ name: 'ADQL', versions: ['2.0'] }]
      capability.outputFormats ??= ['application/x-votable+xml']
    }
    for (const one of (capability.interfaces ?? []) as Record<string, unknown>[])
      if (one.type === 'tr:DALIInterface' || one.type === 'vr:Interface') one.type = 'vs:ParamHTTP'
  }
  for (const one of (descriptor.interfaces ?? []) as Record<string, unknown>[])
    if (one.type === 'tr:DALIInterface' || one.type === 'vr:Interface') one.type = 'vs:ParamHTTP'
  const tableset = descriptor.tableset as { schemas: { name: string; tables?: { name: string }[] }[] } | undefined
  let number = 0
  for (const schema of tableset?.schemas ?? []) {
    schema.name = `s${number++}`
    for (const table of schema.tables ?? []) table.name = `t${number++}`
  }
  return { ...descriptor, ivoid: 'ivo://archive.example.edu/random' } as Descriptor
}

describe('any descriptor that is accepted', () => {
  const checker = new SchemaChecker()

  it.each(resourceTypes.map((one) => [one.type, one] as const))('of %s builds well-formed, valid XML', (_, type) => {
    fc.assert(
      fc.property(arbitraryOf(type.shape).map(madeConsistent), (descriptor) => {
        const findings = checker.check(type.shape, new LocatedValue(descriptor, new Map()))
        expect(findings.map(formatFinding)).toEqual([])
        const xml = buildRecord(descriptor, context, times)
        expect(readXml(xml).name).toBe('Resource')
        const current = buildRecord(descriptor, { ...context, profile: 'current' }, times)
        expect(readXml(current).name).toBe('Resource')
        if (!hasShared) return
        expect(schemaViolations(xml)).toEqual([])
        // TAPRegExt 1.1 is among the working drafts.
        const driver = current.includes('tr:DALIInterface') ? 'all-draft' : 'all'
        expect(schemaViolations(current, driver)).toEqual([])
      }),
      { numRuns: 25 },
    )
  })
})
