// Shapes and examples → docs/descriptors/*.md: one page for each resource type and capability.
import { capabilityTypes } from './capabilities/index.js'
import { contentGroup } from './content.js'
import { curationGroup } from './curation.js'
import { identityGroup } from './descriptor.js'
import { resourceTypes } from './resource-types/index.js'
import { allRules, type RuleLayer } from './rule-help.js'
import type { JsonSchema } from './shape.js'

/** File name below docs/descriptors → text. */
export function documentationPages(): ReadonlyMap<string, string> {
  const pages = new Map<string, string>()
  for (const { type, title, shape, example } of resourceTypes)
    pages.set(pageName(type), page(type, title, shape, example, new Set(commonOfResources)))
  for (const { type, title, shape, example, xsiType } of capabilityTypes) {
    const head = xsiType === type ? title : `${title} (written as \`${xsiType}\`)`
    pages.set(`capability-${pageName(type)}`, page(type, head, shape, example, new Set(commonOfCapabilities)))
  }
  pages.set('common.md', commonPage())
  pages.set('rules.md', rulesPage())
  pages.set('README.md', overview())
  return pages
}

const commonOfResources = [identityGroup, curationGroup, contentGroup].flatMap((one) => [
  ...Object.keys(one.required),
  ...Object.keys(one.optional),
])
const firstCapability = capabilityTypes.find((one) => one.type === 'web-browser')
const commonOfCapabilities = Object.keys(firstCapability?.shape.properties ?? {}).filter((key) => key !== 'type')

/** `tr:TableAccess` → `tr-tableaccess.md` */
function pageName(type: string): string {
  return `${type.replace(':', '-').toLowerCase()}.md`
}

function page(type: string, title: string, shape: JsonSchema, example: string, common: ReadonlySet<string>): string {
  const own = Object.entries(shape.properties ?? {}).filter(([key]) => key !== 'type' && !common.has(key))
  const rows = own.map(([key, one]) => row(key, one, shape.required?.includes(key) === true))
  const keys = rows.length === 0 ? 'No keys of its own.\n' : `${tableHead}${rows.join('')}`
  return `# ${type}: ${title}\n\n${keys}\nKeys that all have: [common keys](common.md).\n\n## Example\n\n\`\`\`yaml\n${example}\`\`\`\n`
}

function rulesPage(): string {
  const layers: readonly (readonly [RuleLayer, string])[] = [
    ['schema', 'Form'],
    ['standard', 'Standards, beyond what schemas know'],
    ['practice', 'Good practice'],
  ]
  const tables = layers.map(([layer, title]) => {
    const rows = allRules().filter((rule) => rule.layer === layer)
    const lines = rows.map(({ name, asks, source }) => `| \`${name}\` | ${asks} | ${source ?? ''} |\n`)
    return `## ${title}\n\n| rule | what it asks for | source |\n|---|---|---|\n${lines.join('')}`
  })
  return `# Rules\n\nWhat \`waymark validate\` checks, by the names that its findings bear.\n\n${tables.join('\n')}`
}

function commonPage(): string {
  const groups: readonly (readonly [string, readonly (readonly [string, JsonSchema, boolean])[]])[] = [
    ...(
      [
        ['Identity', identityGroup],
        ['Curation', curationGroup],
        ['Content', contentGroup],
      ] as const
    ).map(
      ([name, group]) =>
        [
          name,
          [
            ...Object.entries(group.required).map(([key, one]) => [key, one, true] as const),
            ...Object.entries(group.optional).map(([key, one]) => [key, one, false] as const),
          ],
        ] as const,
    ),
    [
      'Every capability',
      commonOfCapabilities.map((key) => [key, firstCapability?.shape.properties?.[key] ?? {}, false] as const),
    ],
  ]
  const sections = groups.map(
    ([name, keys]) => `## ${name}\n\n${tableHead}${keys.map(([key, one, must]) => row(key, one, must)).join('')}`,
  )
  return `# Common keys\n\nWhat every descriptor and every capability may say.\n\n${sections.join('\n')}`
}

function overview(): string {
  const line = (type: string, title: string, file: string) => `| [\`${type}\`](${file}) | ${title} |\n`
  const resources = resourceTypes.map(({ type, title }) => line(type, title, pageName(type)))
  const capabilities = capabilityTypes.map(({ type, title }) => line(type, title, `capability-${pageName(type)}`))
  const head = '| type | for |\n|---|---|\n'
  return `# Reference of descriptors\n\nMade from the schemas in \`src/voresource\`; how to write them is told in [descriptors](../descriptors.md).\n\n## Resources\n\n${head}${resources.join('')}\n## Capabilities\n\n${head}${capabilities.join('')}\n[Common keys](common.md) · [Rules](rules.md)\n`
}

const tableHead = '| key | kind | meaning |\n|---|---|---|\n'

function row(key: string, shape: JsonSchema, isRequired: boolean): string {
  const meaning = [shape.description ?? '', ...inner(shape)].join(' ').replaceAll('|', '\\|')
  return `| \`${key}\`${isRequired ? ' (required)' : ''} | ${kind(shape)} | ${meaning} |\n`
}

function kind(shape: JsonSchema): string {
  if (shape.anyOf !== undefined) return [...new Set(shape.anyOf.map(kind))].join(' or ')
  if (shape.enum !== undefined) return shape.enum.map((one) => `\`${one}\``).join(', ')
  if (shape.type === 'array') return `list of ${kind(shape.items ?? {})}`
  return shape.type === 'string' ? 'text' : shape.type === 'object' ? 'map' : String(shape.type ?? 'map')
}

/** Keys of a map, or of the maps in a list. */
function inner(shape: JsonSchema): readonly string[] {
  const target = shape.type === 'array' ? (shape.items ?? {}) : shape
  const forms = [target, ...(target.anyOf ?? [])]
  const keys = forms.flatMap((form) => Object.keys(form.properties ?? {}))
  return keys.length === 0 ? [] : [`Keys: ${[...new Set(keys)].map((key) => `\`${key}\``).join(', ')}.`]
}
