// `waymark validate` as people, editors, forges and scanners meet it.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { waymark } from '../support/command-line.js'
import { hasShared, sharedFolder } from '../support/schemas.js'
import { catalog, folderOf, organisation } from '../voresource/support.js'

const mistaken = {
  'site.yaml': 'authority: archive.example.edu\n',
  'organisation.yaml': organisation(),
  'mast/100%, really:.yaml': organisation({ title: undefined, ivoid: undefined }),
  'mast/catalog.yaml': catalog({ subjects: ['Catalogs'] }),
}

const record = (keys: { subject?: string; email?: string; ivoid?: string } = {}) => `<?xml version="1.0"?>
<ri:Resource xmlns:ri="http://www.ivoa.net/xml/RegistryInterface/v1.0" xmlns:vr="http://www.ivoa.net/xml/VOResource/v1.0"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="vr:Organisation" status="active"
    created="2020-01-01T00:00:00Z" updated="2020-01-01T00:00:00Z">
  <title>Example Archive</title>
  <identifier>${keys.ivoid ?? 'ivo://archive.example.edu/organisation'}</identifier>
  <curation>
    <publisher>Example Archive</publisher>
    <contact><name>Help desk</name>${keys.email ?? '<email>help@archive.example.edu</email>'}</contact>
  </curation>
  <content>
    <subject>${keys.subject ?? 'virtual-observatories'}</subject>
    <description>Keeps and publishes the data of the Example Observatory for everybody.</description>
    <referenceURL>https://archive.example.edu/</referenceURL>
  </content>
</ri:Resource>
`

describe('validate', () => {
  it('tells people file, line, column, severity, rule, and what to do', async () => {
    const folder = folderOf(mistaken)
    const { code, out } = await waymark(['validate', '--resources', folder])
    expect(code).toBe(4)
    expect(out).toContain(
      `${folder}/mast/100%, really:.yaml:1:1: error required: title is missing in the descriptor (add title: `,
    )
    expect(out).toMatch(
      /catalog\.yaml:\d+:\d+: warning vocabulary: "Catalogs" is no term of .* \(did you mean "catalogs"\?\)/,
    )
    expect(out).toMatch(/2 descriptors in .*: 2 errors, \d warnings?, \d+ pieces of advice\n$/)
  })

  it('gives programs the same as JSON', async () => {
    const { out } = await waymark(['validate', folderOf(mistaken), '--format', 'json'])
    const findings = JSON.parse(out) as Record<string, unknown>[]
    expect(findings.find((one) => one.rule === 'vocabulary')).toMatchObject({
      line: 6,
      column: 12,
      severity: 'warning',
      pointer: '/subjects/0',
      hint: 'did you mean "catalogs"?',
    })
  })

  it('annotates a pull request, with everything escaped that means something there', async () => {
    const { out } = await waymark(['validate', folderOf(mistaken), '--format', 'github'])
    const lines = out.trimEnd().split('\n')
    for (const line of lines)
      expect(line).toMatch(/^::(error|warning|notice) file=[^,:]+,line=\d+,col=\d+,title=[a-z-]+::.+$/)
    expect(lines.find((line) => line.includes('title=required'))).toMatch(
      /^::error file=.*mast\/100%25%2C really%3A\.yaml,line=1,col=1,title=required::title is missing in the descriptor%0Aadd title/,
    )
  })

  it('writes SARIF 2.1.0 with rules that explain themselves', async () => {
    const { out } = await waymark(['validate', folderOf(mistaken), '--format', 'sarif'])
    const log: unknown = JSON.parse(out)
    const validate = new Ajv({ strict: false, allErrors: true }).compile(sarifEssentials)
    validate(log)
    expect(validate.errors).toBe(null)
    const { runs } = log as SarifLog
    const [run] = runs
    for (const { ruleId, ruleIndex } of run.results) expect(run.tool.driver.rules[ruleIndex]?.id).toBe(ruleId)
    const ids = run.tool.driver.rules.map((rule) => rule.id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('names files as seen from the working directory, so that forges and editors find them', async () => {
    const { out } = await waymark(['validate', 'resources', '--format', 'sarif'])
    const uris = (JSON.parse(out) as SarifLog).runs[0].results.map(
      (one) => one.locations[0].physicalLocation.artifactLocation,
    )
    expect(uris.length).toBeGreaterThan(0)
    for (const { uri, uriBaseId } of uris)
      expect([uri, uriBaseId]).toEqual([expect.stringMatching(/^resources\//), '%SRCROOT%'])
  })

  it('refuses a format that is none, and a path that leads nowhere', async () => {
    expect(await waymark(['validate', '--format', 'xml'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('sarif'),
    })
    expect(await waymark(['validate', 'nowhere.yaml'])).toMatchObject({
      code: 3,
      err: expect.stringContaining('nowhere'),
    })
  })
})

describe('validate with paths', () => {
  it('checks one descriptor with the defaults of its folder, and only tells about it', async () => {
    const folder = folderOf(mistaken)
    const { code, out } = await waymark(['validate', join(folder, 'mast/catalog.yaml')])
    expect(code).toBe(0)
    expect(out).toContain('1 descriptor in ')
    expect(out.split('\n').filter((line) => /\.yaml:/.test(line) && !line.includes('catalog.yaml'))).toEqual([])
  })

  it('checks a part of a folder, and an included file', async () => {
    const folder = folderOf(mistaken)
    for (const [file, text] of Object.entries({
      'tables/star.yaml': 'name: a.star\ncolumns:\n  - { name: ra, ucd: pos.eq.raa }\n',
      'tap.yaml': catalog({
        ivoid: 'ivo://archive.example.edu/t',
        tableset: { schemas: [{ name: 'a', tables: [{ include: 'tables/star.yaml' }] }] },
      }),
    })) {
      mkdirSync(dirname(join(folder, file)), { recursive: true })
      writeFileSync(join(folder, file), text)
    }
    expect((await waymark(['validate', join(folder, 'tables')])).out).toMatch(/tables\/star\.yaml:3:22: error ucd-word/)
    expect((await waymark(['validate', join(folder, 'mast')])).out).not.toContain('ucd-word')
  })

  it('checks records given as XML, with line and column', async () => {
    const folder = folderOf({
      'good.xml': record(),
      'bad.xml': record({ subject: 'Virtual Observatory', email: '', ivoid: 'ivo://ARCHIVE.example.edu/organisation' }),
      'cut.xml': record().slice(0, -20),
    })
    const good = await waymark(['validate', join(folder, 'good.xml')])
    expect(good).toMatchObject({ code: 0, out: expect.stringContaining('1 XML file: nothing to say') })
    const { code, out } = await waymark(['validate', folder])
    expect(code).toBe(4)
    expect(out).toMatch(
      /bad\.xml:12:5: warning vocabulary: "Virtual Observatory" .*did you mean "virtual-observatories"/,
    )
    expect(out).toMatch(/bad\.xml:9:5: warning contact-email/)
    expect(out).toMatch(/good\.xml:6:3: error ivoid-unique: .* already that of .*bad\.xml:6/)
    expect(out).toMatch(/cut\.xml:\d+:\d+: error xml-syntax/)
  })

  it.runIf(hasShared)('validates XML files and built records by the official schemas', async () => {
    const schemas = join(sharedFolder, 'xsd')
    const folder = folderOf({ 'bad.xml': record().replace(/ {2}<title>.*\n/, '') })
    const { code, out } = await waymark(['validate', folder, '--schemas', schemas])
    expect([code, out]).toEqual([
      4,
      expect.stringMatching(/bad\.xml:5:3: error xsd: Element 'identifier': This element is not expected/),
    ])
    const extended = folderOf({ 'tap.yaml': catalog({ extension: '<nonsense/>' }) })
    expect((await waymark(['validate', extended, '--schemas', schemas])).out).toMatch(
      /tap\.yaml:\d+:\d+: error xsd: nonsense: Element 'nonsense': This element is not expected.*\(line \d+ of the record: <nonsense\/>\)/,
    )
  })
})

interface SarifLog {
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } }
      readonly results: readonly {
        readonly ruleId: string
        readonly ruleIndex: number
        readonly locations: readonly [
          {
            readonly physicalLocation: {
              readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string }
            }
          },
        ]
      }[]
    },
  ]
}

const text = { type: 'object', required: ['text'], properties: { text: { type: 'string', minLength: 10 } } }

/** What SARIF 2.1.0 demands of the parts used here, and what readers of it rely on. */
const sarifEssentials = {
  type: 'object',
  required: ['$schema', 'version', 'runs'],
  properties: {
    version: { const: '2.1.0' },
    runs: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['tool', 'results'],
        additionalProperties: false,
        properties: {
          columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
          tool: {
            type: 'object',
            required: ['driver'],
            properties: {
              driver: {
                type: 'object',
                required: ['name', 'version', 'rules'],
                properties: {
                  rules: {
                    type: 'array',
                    items: {
                      type: 'object',
                      required: ['id', 'shortDescription', 'help'],
                      properties: { id: { type: 'string' }, shortDescription: text, help: text },
                    },
                  },
                },
              },
            },
          },
          results: {
            type: 'array',
            minItems: 1,
            items: {
              type: 'object',
              required: ['ruleId', 'ruleIndex', 'level', 'message', 'locations'],
              properties: {
                ruleIndex: { type: 'integer', minimum: 0 },
                level: { enum: ['none', 'note', 'warning', 'error'] },
                message: text,
                locations: {
                  type: 'array',
                  minItems: 1,
                  items: {
                    type: 'object',
                    required: ['physicalLocation'],
                    additionalProperties: false,
                    properties: {
                      logicalLocations: { type: 'array' },
                      physicalLocation: {
                        type: 'object',
                        required: ['artifactLocation', 'region'],
                        properties: {
                          artifactLocation: {
                            type: 'object',
                            properties: { uri: { type: 'string', pattern: '^(file:///)?[^ \\\\]+$' } },
                          },
                          region: {
                            type: 'object',
                            required: ['startLine', 'startColumn'],
                            properties: {
                              startLine: { type: 'integer', minimum: 1 },
                              startColumn: { type: 'integer', minimum: 1 },
                            },
                          },
                        },
                      },
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
}
