import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openSchemaSet } from '../../src/xml/schema-validation.js'
import { hasShared, schemaViolations, sharedFolder } from '../support/schemas.js'

it('says where schemas were expected when the folder has none', () => {
  expect(() => openSchemaSet('/nowhere')).toThrow('/nowhere/all.xsd')
})

describe.runIf(hasShared)('the official schemas', () => {
  const broken = hasShared ? readdirSync(`${sharedFolder}/xsd/broken`) : []

  it.each(broken)('refuse the broken document %s and name a line', (file) => {
    const violations = schemaViolations(readFileSync(`${sharedFolder}/xsd/broken/${file}`, 'utf8'))
    expect(violations.length).toBeGreaterThan(0)
    expect(violations[0]).toMatch(/^line [1-9]/)
  })

  it('accept a real record', () => {
    expect(schemaViolations(readFileSync(`${sharedFolder}/records/regtap-authority.xml`, 'utf8'))).toEqual([])
  })
})
