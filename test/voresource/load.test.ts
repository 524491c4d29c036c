// Reading a folder: syntax, places of errors, defaults, includes, names.
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { RegistryError } from '../../src/core/errors.js'
import { DescriptorError, formatFinding, hasErrors, throwIfErrors } from '../../src/voresource/finding.js'
import { loadResources } from '../../src/voresource/load.js'
import { validateResources } from '../../src/voresource/validate.js'
import { catalog, findingsOf, folderOf, loadFiles, organisation } from './support.js'

/** `file:line:column rule` of all errors. */
async function errors(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const findings = await findingsOf(files)
  return findings
    .filter((one) => one.severity === 'error')
    .map(({ file, line, column, rule }) => `${file}:${line}:${column} ${rule}`)
}

const lines = (...texts: readonly string[]) => `${texts.join('\n')}\n`

const head = lines(
  'type: vr:Organisation',
  'ivoid: ivo://archive.example.edu/organisation',
  'title: Example Archive',
  'description: Keeps and publishes the data of the Example Observatory for everybody.',
  'referenceUrl: https://archive.example.edu/',
  'subjects: [virtual-observatories]',
)

describe('a mistake in a descriptor is told with file, line and column', () => {
  it.each([
    ['a tab', `${head}publisher:\n\tname: Example\n`, 'one.yaml:8:1 yaml-tab'],
    ['a key given twice', `${head}title: Again\n`, 'one.yaml:7:1 yaml-duplicate-key'],
    ['an open quotation mark', `${head}publisher: "Example\n`, 'one.yaml:8:1 yaml-syntax'],
    ['a missing contact', `${head}publisher: Example\n`, 'one.yaml:1:1 required'],
    ['an unknown key', `${organisation()}contact: []\n`, 'one.yaml:9:1 unknown-key'],
    ['a number for a text', organisation({ title: 5 }), 'one.yaml:3:8 kind'],
    ['an address that is no URL', organisation({ referenceUrl: 'archive.example.edu' }), 'one.yaml:5:15 form'],
    ['a long shortName', organisation({ shortName: 'A name of more than 16' }), 'one.yaml:9:12 length'],
    ['a wrong IVOID', organisation({ ivoid: 'ivo://archive.example.edu/a b' }), 'one.yaml:2:8 form'],
    ['an unknown type', organisation({ type: 'vr:Organization' }), 'one.yaml:1:7 type'],
    [
      'a mail address that is none',
      organisation({ contacts: [{ name: 'Help', email: 'help' }] }),
      'one.yaml:8:35 form',
    ],
    [
      'a day that does not exist',
      organisation({ dates: [{ date: '2024-02-30', role: 'Created' }] }),
      'one.yaml:9:17 date',
    ],
    [
      'a capability of unknown type',
      catalog({ capabilities: [{ type: 'tr:TableAcces', accessUrl: 'https://a.example/tap' }] }),
      'one.yaml:9:16 type',
    ],
  ])('%s', async (_, yaml, expected) => {
    expect(await errors({ 'one.yaml': yaml })).toEqual([expected])
  })

  it('a wrong UCD, in the file that has it', async () => {
    const files = {
      'tap.yaml': catalog({ tableset: { schemas: [{ name: 'a', tables: [{ include: 'tables/a.yaml' }] }] } }),
      'tables/a.yaml': lines('name: a.star', 'columns:', '  - name: ra', '    ucd: pos.eq.rra;meta.main'),
    }
    expect(await errors(files)).toEqual(['tables/a.yaml:4:10 ucd-word'])
    const [finding] = (await findingsOf(files)).filter((one) => one.rule === 'ucd-word')
    expect(finding?.hint).toBe('did you mean "pos.eq.ra"?')
  })

  it('a duplicate IVOID, with the place of the first', async () => {
    const files = {
      'a.yaml': organisation(),
      'b.yaml': organisation({ ivoid: 'ivo://archive.example.edu/ORGANISATION' }),
    }
    const findings = (await findingsOf(files)).filter((one) => one.rule === 'ivoid-unique')
    expect(findings.map(formatFinding)).toEqual([
      'b.yaml:2:8: error ivoid-unique: the IVOID ivo://archive.example.edu/ORGANISATION is already that of a.yaml:2 (an IVOID names one resource for ever, and capital letters make no difference; give this one another)',
    ])
  })

  it('JSON is read like YAML', async () => {
    const json = JSON.stringify(
      { type: 'vr:Organisation', ivoid: 'ivo://archive.example.edu/o', title: '' },
      undefined,
      2,
    )
    expect(await errors({ 'one.json': json })).toContain('one.json:4:12 length')
  })

  it('says what was found, what was expected and what to do', async () => {
    const [finding] = (await findingsOf({ 'one.yaml': organisation({ version: 3 }) })).filter(
      (one) => one.severity === 'error',
    )
    expect(finding?.message).toBe('version is 3; expected text')
    expect(finding?.hint).toBe("write '3' with quotation marks if it is meant as text")
  })

  it('becomes one DescriptorError of kind invalid that names each', async () => {
    const loaded = await loadResources(folderOf({ 'one.yaml': organisation({ title: 5, subjects: [] }) }))
    const findings = validateResources(loaded)
    expect(hasErrors(findings)).toBe(true)
    try {
      throwIfErrors(findings)
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(DescriptorError)
      expect(error).toMatchObject({ kind: 'invalid', first: { file: 'one.yaml', line: 3, rule: 'kind' } })
      expect(String(error)).toContain('one.yaml:6:11: error length: subjects has 0 entries; expected at least 1')
    }
  })

  it('a folder that is not there is a usage error', async () => {
    await expect(loadResources('/nowhere/resources')).rejects.toThrow(RegistryError)
    await expect(loadResources('/nowhere/resources')).rejects.toMatchObject({ kind: 'usage' })
  })

  it('aliases that explode are refused', async () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x,x]',
      ...'bcdefghi'
        .split('')
        .map((name, index) => `${name}: &${name} [${`*${'abcdefgh'[index]},`.repeat(9)}*${'abcdefgh'[index]}]`),
    ].join('\n')
    expect(await errors({ 'one.yaml': bomb })).toEqual(['one.yaml:1:1 yaml-alias'])
  })
})

describe('defaults', () => {
  const bare = organisation({ publisher: undefined, contacts: undefined, ivoid: undefined })
  const site = lines(
    'authority: archive.example.edu',
    'publisher: { name: Example Archive, ror: 03yrm5c26 }',
    'contacts: [{ name: Help desk, email: help@archive.example.edu }]',
    'rights: [CC BY 4.0]',
    'capabilityDefaults:',
    '  tr:TableAccess:',
    '    endpoints: [capabilities]',
    "    languages: [{ name: ADQL, versions: ['2.0'] }]",
    '    outputFormats: [application/x-votable+xml]',
    '    outputLimitRows: { default: 10, hard: 100 }',
  )
  const load = async (files: Readonly<Record<string, string>>) => {
    const loaded = await loadFiles(files)
    expect(loaded.findings).toEqual([])
    return loaded.descriptors
  }

  it('of site.yaml reach every descriptor whose type has the key', async () => {
    const [one] = await load({ 'site.yaml': site, 'deep/er/one.yaml': bare })
    expect(one?.descriptor.contacts).toEqual([{ name: 'Help desk', email: 'help@archive.example.edu' }])
    expect(one?.descriptor).not.toHaveProperty('rights')
  })

  it('make the IVOID of authority and path, and of an authority alone', async () => {
    const loaded = await load({
      'site.yaml': site,
      'authority.yaml': organisation({ type: 'vg:Authority', ivoid: undefined, managingOrg: 'Example Archive' }),
      'deep/one.yaml': bare,
      'tap/defaults.yaml': 'ivoidBase: ivo://archive.example.edu/services',
      'tap/two.yaml': bare,
    })
    expect(loaded.map((one) => one.ivoid)).toEqual([
      'ivo://archive.example.edu',
      'ivo://archive.example.edu/deep/one',
      'ivo://archive.example.edu/services/two',
    ])
  })

  it('are overridden by nearer ones: maps merge, lists replace, null takes away', async () => {
    const [one] = await load({
      'site.yaml': site,
      'deep/defaults.yaml': 'publisher: { name: Deep Archive }\ncreators: [A, B]\nversion: "2"',
      'deep/one.yaml': `${organisation({ publisher: undefined })}creators: [C]\nversion: null\n`,
    })
    expect(one?.descriptor.publisher).toEqual({ name: 'Deep Archive', ror: '03yrm5c26' })
    expect(one?.descriptor.creators).toEqual(['C'])
    expect(one?.descriptor).not.toHaveProperty('version')
  })

  it('of a capability type reach each capability of that type', async () => {
    const [one] = await load({
      'site.yaml': site,
      'tap.yaml': catalog({
        capabilities: [{ type: 'tr:TableAccess', accessUrl: 'https://a.example/tap', outputLimitRows: { hard: 50 } }],
      }),
    })
    expect(one?.descriptor).toMatchObject({
      rights: ['CC BY 4.0'],
      capabilities: [{ endpoints: ['capabilities'], outputLimitRows: { default: 10, hard: 50 } }],
    })
    expect(one?.locate('/capabilities/0/outputLimitRows/hard')).toMatchObject({ file: 'tap.yaml', line: 9 })
    expect(one?.locate('/capabilities/0/outputLimitRows/default')).toEqual({ file: 'site.yaml', line: 10, column: 33 })
  })

  it('that are wrong are told once, at their own place', async () => {
    const files = {
      'site.yaml': 'contacts: [{ name: Help, email: none }]\nauthor: x\n',
      'a.yaml': bare,
      'b.yaml': bare,
    }
    const own = (await errors(files)).filter((one) => one.startsWith('site.yaml'))
    expect(own).toEqual(['site.yaml:1:33 form', 'site.yaml:2:1 unknown-key'])
  })

  it('change the digest of the descriptors they reach', async () => {
    const digest = async (text: string) => (await load({ 'site.yaml': text, 'a.yaml': bare }))[0]?.digest
    expect(await digest(site)).toBe(await digest(`# a remark\n${site}`))
    expect(await digest(site)).not.toBe(await digest(site.replace('Help desk', 'Helpers')))
  })
})

describe('includes', () => {
  const withTables = (tables: readonly unknown[]) => catalog({ tableset: { schemas: [{ name: 'a', tables }] } })

  it('put a map or splice a list, and later entries keep their places', async () => {
    const folder = folderOf({
      'tap.yaml': withTables([{ include: 'tables/many.yaml' }, { include: 'tables/one.yaml' }, { name: 'a.last' }]),
      'tables/many.yaml': '- name: a.first\n- name: a.second\n  columns: { include: columns.yaml }\n',
      'tables/columns.yaml': '- name: ra\n  unit: deg\n',
      'tables/one.yaml': 'name: a.third',
    })
    const { descriptors, findings } = await loadResources(folder)
    expect(findings).toEqual([])
    const [tap] = descriptors
    expect(tap?.descriptor).toMatchObject({
      tableset: {
        schemas: [
          { tables: [{ name: 'a.first' }, { columns: [{ unit: 'deg' }] }, { name: 'a.third' }, { name: 'a.last' }] },
        ],
      },
    })
    const at = (pointer: string) => tap?.locate(`/tableset/schemas/0/tables/${pointer}`)
    expect(at('1/name')).toEqual({ file: 'tables/many.yaml', line: 2, column: 9 })
    expect(at('1/columns/0/unit')).toEqual({ file: 'tables/columns.yaml', line: 2, column: 9 })
    expect(at('3/name')).toMatchObject({ file: 'tap.yaml', line: 10 })
  })

  it.each([
    ['of nothing', 'tables/none.yaml'],
    ['from outside', '../../etc/passwd.yaml'],
    ['of an absolute path', '/etc/hostname.yaml'],
    ['of something else than YAML', 'tables/a.txt'],
    ['of itself', 'tap.yaml'],
  ])('%s are refused where they stand', async (_, path) => {
    const files = { 'tap.yaml': withTables([{ include: path }]), 'tables/a.txt': 'name: a' }
    expect(await errors(files)).toEqual(['tap.yaml:10:45 include'])
  })

  it('do not follow a link out of the folder', async () => {
    const outside = folderOf({ 'secret.yaml': 'name: a.secret' })
    const folder = folderOf({ 'tap.yaml': withTables([{ include: 'tables/link.yaml' }]), 'tables/a.yaml': '' })
    symlinkSync(join(outside, 'secret.yaml'), join(folder, 'tables/link.yaml'))
    const { findings } = await loadResources(folder)
    expect(findings.map((one) => one.message)).toEqual([
      '"tables/link.yaml" cannot be read: it lies outside the resources folder',
    ])
  })

  it('with mistakes are told at the place of the mistake', async () => {
    const files = { 'tap.yaml': withTables([{ include: 'tables/a.yaml' }]), 'tables/a.yaml': 'name: a\nname: b\n' }
    expect(await errors(files)).toEqual(['tables/a.yaml:2:1 yaml-duplicate-key'])
  })
})

describe('folders', () => {
  it('may be nested; names with _ or . and folders called tables are not descriptors', async () => {
    const folder = folderOf({
      'b/c/d.yaml': organisation(),
      '_draft.yaml': 'nothing',
      'tables/x.yaml': '- 1',
      '.hidden/y.yaml': 'nothing',
      'notes.md': 'nothing',
    })
    writeFileSync(join(folder, 'empty.txt'), '')
    const { descriptors, findings } = await loadResources(folder)
    expect(descriptors.map((one) => one.file)).toEqual(['b/c/d.yaml'])
    expect(findings).toEqual([])
  })
})
