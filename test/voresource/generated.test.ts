// What is generated from the shapes is current; UPDATE_GOLDEN=1 rewrites it.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { projectPath } from '../../src/core/project-files.js'
import { capabilityTypes } from '../../src/voresource/capabilities/index.js'
import { documentationPages } from '../../src/voresource/documentation.js'
import { defaultsSchema, descriptorSchema, schemaText } from '../../src/voresource/json-schema.js'
import { resourceTypes } from '../../src/voresource/resource-types/index.js'

const schemas = {
  'schemas/descriptor.schema.json': schemaText(descriptorSchema()),
  'schemas/defaults.schema.json': schemaText(defaultsSchema()),
}
const update = process.env.UPDATE_GOLDEN === '1'

describe('generated files are current', () => {
  it.each(Object.entries(schemas))('%s', (file, text) => {
    if (update) writeFileSync(projectPath(file), text)
    expect(readFileSync(projectPath(file), 'utf8')).toBe(text)
  })

  it('docs/descriptors has one page for each type, and no other', () => {
    const folder = projectPath('docs/descriptors')
    const pages = documentationPages()
    if (update) {
      rmSync(folder, { recursive: true, force: true })
      mkdirSync(folder, { recursive: true })
      for (const [name, text] of pages) writeFileSync(join(folder, name), text)
    }
    const found = existsSync(folder) ? readdirSync(folder).sort() : []
    expect(found).toEqual([...pages.keys()].sort())
    for (const [name, text] of pages) expect(readFileSync(join(folder, name), 'utf8')).toBe(text)
    expect(pages.size).toBe(resourceTypes.length + capabilityTypes.length + 3)
  })
})

describe('the schema for editors', () => {
  const ajv = new Ajv({ strict: false, allErrors: true })
  addFormats.default(ajv, ['email'])
  const validate = ajv.compile(descriptorSchema())

  it.each(resourceTypes.map((one) => [one.type, one.example] as const))('accepts the example of %s', (_, example) => {
    validate(parse(example))
    expect(validate.errors).toBe(null)
  })

  it.each([
    ['a table', { schemas: [{ name: 'a', tables: [{ include: 'tables/a.yaml' }] }] }],
    ['all columns', { schemas: [{ name: 'a', tables: [{ name: 'a.b', columns: { include: 'tables/b.yaml' } }] }] }],
    ['everything', { include: 'tables/all.yaml' }],
  ])('knows that %s may be included', (_, tableset) => {
    validate({ type: 'vs:CatalogService', title: 'x', tableset })
    expect(validate.errors).toBe(null)
  })

  it.each([
    ['an unknown type', { type: 'vr:Organization', title: 'x' }],
    ['an unknown key', { type: 'vr:Organisation', title: 'x', contact: [] }],
    ['a key of another type', { type: 'vr:Organisation', title: 'x', tableset: { schemas: [{ name: 'a' }] } }],
    ['an unknown capability', { type: 'vr:Service', title: 'x', capabilities: [{ type: 'tap' }] }],
    [
      'a key of another capability',
      { type: 'vr:Service', title: 'x', capabilities: [{ type: 'soda', languages: [] }] },
    ],
    ['no type', { title: 'x' }],
  ])('refuses %s', (_, value) => {
    expect(validate(value)).toBe(false)
  })

  it('explains every key', () => {
    const silent: string[] = []
    const look = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null) return
      if ('properties' in value && 'additionalProperties' in value) {
        for (const [key, one] of Object.entries(value.properties as Record<string, Record<string, unknown>>)) {
          if (one.description === undefined && one.$ref === undefined) silent.push(`${path}.${key}`)
        }
      }
      for (const [key, one] of Object.entries(value)) look(one, `${path}/${key}`)
    }
    look(descriptorSchema(), '')
    expect(silent).toEqual([])
  })
})
