import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { unitOfDefault } from '../src/config/default-unit.js'
import { readConfig, settings } from '../src/config.js'

describe('settings', () => {
  it('come from flags before the environment before the file before the default', () => {
    const file = settingsFile('port: 1\nhost: file.example\nstate: from-file\n')
    const config = readConfig({ port: '3' }, { PORT: '2', HOST: 'environment.example' }, file)
    expect(config).toMatchObject({ port: 3, host: 'environment.example', state: 'from-file', resources: 'resources' })
  })

  it('make the base URL of the port unless one is given', () => {
    expect(readConfig({}, { PORT: '8123' }).baseUrl).toBe('http://localhost:8123')
    expect(readConfig({}, { WAYMARK_BASE_URL: 'https://vo.example.org/registry/' }).baseUrl).toBe(
      'https://vo.example.org/registry',
    )
  })

  it.each([
    ['PORT', 'eighty', 'a whole number'],
    ['PORT', '-1', 'a whole number'],
    ['WAYMARK_BASE_URL', 'vo.example.org', 'http://'],
    ['WAYMARK_BASE_URL', 'ftp://vo.example.org', 'http://'],
    ['WAYMARK_BASE_URL', 'https://vo.example.org/?a=b', 'without query'],
    ['WAYMARK_TRUST_PROXY', 'perhaps', 'true or false'],
  ])('refuse %s=%s and say what was expected', (variable, value, expected) => {
    expect(() => readConfig({}, { [variable]: value })).toThrow(expected)
  })

  it('refuse a name in the settings file that is no setting', () => {
    expect(() => readConfig({}, {}, settingsFile('prot: 1\n'))).toThrow(/no setting "prot"/)
    expect(() => readConfig({}, {}, '/nowhere/waymark.yaml')).toThrow('does not exist')
  })
})

it('docs/settings.md lists every setting as declared', () => {
  const path = fileURLToPath(new URL('../docs/settings.md', import.meta.url))
  const expected = settingsPage()
  if (process.env.UPDATE_GOLDEN) writeFileSync(path, expected)
  expect(readFileSync(path, 'utf8')).toBe(expected)
})

function settingsFile(content: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'waymark-settings-')), 'waymark.yaml')
  writeFileSync(path, content)
  return path
}

function settingsPage(): string {
  const rows = settings.map((setting) => {
    const shown = setting.defaultValue === '' ? '–' : `\`${String(setting.defaultValue)}\``
    return `| \`${setting.flag}\` | \`${setting.variable}\` | \`${setting.name}\` | ${shown}${unitOfDefault(setting)} | ${setting.description} |`
  })
  return `# Settings

A flag wins over the environment, the environment over the file named with \`--config FILE\` (YAML, one \`name: value\` per line).

| flag | environment | name in the file | default | meaning |
|---|---|---|---|---|
${rows.join('\n')}
`
}
