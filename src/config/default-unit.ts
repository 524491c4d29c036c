// The unit of a setting → as it reads behind the default value: 2 queries, 1 process.
import type { DeclaredSetting } from './read-settings.js'

const singular: Readonly<Record<string, string>> = { processes: 'process', queries: 'query', registries: 'registry' }

/** With a blank in front; empty for settings without unit. */
export function unitOfDefault({ unit, defaultValue }: Pick<DeclaredSetting<string>, 'unit' | 'defaultValue'>): string {
  if (unit === undefined) return ''
  return defaultValue === 1 ? ` ${singular[unit] ?? unit.replace(/s$/, '')}` : ` ${unit}`
}
