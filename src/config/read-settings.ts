// A list of declared settings + flags, environment and settings file → their values, in this order of precedence.
import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { RegistryError } from '../core/errors.js'

/** One setting, with all its names. Its default tells of which kind its values are. */
export interface DeclaredSetting<Name extends string = string> {
  readonly name: Name
  /** Environment variable. */
  readonly variable: string
  /** Command line flag. */
  readonly flag: string
  readonly defaultValue: string | number | boolean
  readonly unit?: string
  readonly description: string
}

type Given = Readonly<Record<string, string | number | boolean | undefined>>

/** The value of each setting by its name. Throws kind `usage` for a value of the wrong kind and for an unknown name in the file. */
export function readSettings(
  settings: readonly DeclaredSetting[],
  flags: Given,
  environment: NodeJS.ProcessEnv,
  file: string | undefined,
): Readonly<Record<string, string | number | boolean>> {
  const fromFile = readSettingsFile(settings, file)
  return Object.fromEntries(
    settings.map((setting) => {
      const given = flags[setting.name] ?? nonEmpty(environment[setting.variable]) ?? fromFile[setting.name]
      return [setting.name, given === undefined ? setting.defaultValue : convert(setting, given)]
    }),
  )
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : text
}

function readSettingsFile(settings: readonly DeclaredSetting[], file: string | undefined): Given {
  if (file === undefined) return {}
  if (!existsSync(file)) throw new RegistryError('usage', `The settings file ${file} does not exist.`)
  const content: unknown = parse(readFileSync(file, 'utf8')) ?? {}
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw new RegistryError('usage', `${file}: expected "setting: value" lines.`)
  const known = new Set<string>(settings.map((setting) => setting.name))
  for (const name of Object.keys(content)) {
    if (!known.has(name))
      throw new RegistryError(
        'usage',
        `${file}: there is no setting "${name}". Settings are: ${[...known].join(', ')}.`,
      )
  }
  return content as Given
}

function convert(setting: DeclaredSetting, given: string | number | boolean): string | number | boolean {
  switch (typeof setting.defaultValue) {
    case 'number': {
      const number = typeof given === 'boolean' ? Number.NaN : Number(given)
      if (Number.isInteger(number) && number >= 0) return number
      throw wrongValue(setting, given, `a whole number${setting.unit === undefined ? '' : ` of ${setting.unit}`}`)
    }
    case 'boolean':
      if (typeof given === 'boolean') return given
      if (/^(true|yes|1)$/i.test(String(given))) return true
      if (/^(false|no|0)$/i.test(String(given))) return false
      throw wrongValue(setting, given, 'true or false')
    default:
      return String(given)
  }
}

function wrongValue(setting: DeclaredSetting, given: unknown, expected: string): RegistryError {
  return new RegistryError(
    'usage',
    `${setting.flag} (${setting.variable}) is "${String(given)}"; expected ${expected}.`,
  )
}
