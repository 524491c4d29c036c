// What the record of our own service says it can do is what it does.
import { describe, expect, it } from 'vitest'
import { chooseFormat } from '../../src/formats/negotiate.js'
import { tableAccessFacts } from '../../src/tap/facts.js'
import { tapLimits } from '../../src/tap/limits.js'
import { queryLanguages } from '../../src/tap/parameters.js'

const limits = tapLimits({
  maxRowsDefault: 10,
  maxRowsHard: 20,
  queryTimeoutSeconds: 1,
  uploadLimitBytes: 1000,
  engineProcesses: 2,
  engineQueries: 1,
  jobResultLimitBytes: 1000,
  jobSpaceBytes: 10_000,
})
const facts = tableAccessFacts({
  limits,
  features: {
    'ivo://ivoa.net/std/tapregext#features-adql-sets': ['UNION'],
    'ivo://org.gavo.dc/std/exts#extra-adql-keywords': ['MOC'],
  },
})

describe('the facts of the service', () => {
  it('S-074 announce formats under names that work', () => {
    for (const format of facts.outputFormats ?? []) {
      const { mime, aliases = [] } = typeof format === 'string' ? { mime: format } : format
      for (const name of [mime, ...aliases]) expect(chooseFormat(name).format.mediaType).toBe(mime)
    }
    expect(facts.outputFormats).toHaveLength(10)
  })

  it('M-174 announce languages that are understood', () => {
    const announced = (facts.languages ?? []).flatMap(({ name, versions }) => [
      name,
      ...versions.map((version) => `${name}-${version}`),
    ])
    expect(announced.map((name) => name.toLowerCase())).toEqual([...queryLanguages])
  })

  it('state the limits in force', () => {
    expect(facts).toMatchObject({
      outputLimitRows: { default: 10, hard: 20 },
      uploadLimitBytes: { hard: 1000 },
      uploadMethods: ['inline', 'http', 'https'],
    })
  })

  it('name a data model only when they are told to (RegTAP 1.2 §7)', () => {
    expect(facts).not.toHaveProperty('dataModels')
    const dataModels = [{ name: 'Registry 1.1', ivoid: 'ivo://ivoa.net/std/RegTAP#1.1' }]
    expect(tableAccessFacts({ limits, features: {}, dataModels })).toMatchObject({ dataModels })
  })
})
