// Findings → one SARIF 2.1.0 log, as code scanners and editors read it.
import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Finding, Severity } from '../voresource/finding.js'
import { allRules, type RuleHelp, type RuleLayer } from '../voresource/rule-help.js'
import { version } from './version.js'

const levels: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', advice: 'note' }

const layers: Readonly<Record<RuleLayer, string>> = {
  schema: 'the form of descriptors and records',
  standard: 'a standard, beyond what schemas know',
  practice: 'good practice, which decides whether people find the record',
}

/** All findings as one run; rules that found something are described in it (SARIF 2.1.0 §3.14, §3.27, §3.49). */
export function sarifLog(findings: readonly Finding[]): string {
  const found = new Set(findings.map(({ rule }) => rule))
  const rules = allRules().filter(({ name }) => found.has(name))
  const indexes = new Map(rules.map(({ name }, index) => [name, index]))
  const log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Waymark', version, rules: rules.map(reportingDescriptor) } },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => ({
          ruleId: finding.rule,
          ruleIndex: indexes.get(finding.rule),
          level: levels[finding.severity],
          message: {
            text: finding.hint === undefined ? finding.message : `${finding.message}. ${sentence(finding.hint)}`,
          },
          locations: [
            {
              physicalLocation: {
                artifactLocation: artifactLocation(finding.file),
                region: { startLine: finding.line, startColumn: finding.column },
              },
              ...(finding.pointer === undefined || finding.pointer === ''
                ? {}
                : { logicalLocations: [{ fullyQualifiedName: finding.pointer, kind: 'member' }] }),
            },
          ],
        })),
      },
    ],
  }
  return `${JSON.stringify(log, null, 2)}\n`
}

function reportingDescriptor({ name, asks, source, layer }: RuleHelp & { readonly name: string }) {
  const from = `It comes from ${layers[layer]}${source === undefined ? '' : `: ${source}`}.`
  return {
    id: name,
    shortDescription: { text: asks },
    help: { text: `${asks} ${from}`, markdown: `**${asks}**\n\n${from}` },
    properties: { tags: [layer] },
  }
}

/** A relative path is seen from the working directory, whatever that is for the reader (SARIF 2.1.0 §3.4.4). */
function artifactLocation(file: string): { readonly uri: string; readonly uriBaseId?: string } {
  if (isAbsolute(file)) return { uri: pathToFileURL(file).href }
  return { uri: file.split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' }
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
