// Findings about descriptors → what people and machines read.
import { counted } from '../core/counted.js'
import { type Finding, formatFinding, type Severity } from '../voresource/finding.js'

/** One line a finding, paths beginning with the resources folder, so that editors and terminals can jump there. */
export function findingLines(findings: readonly Finding[], folder: string, severities: readonly Severity[]): string {
  return findings
    .filter((finding) => severities.includes(finding.severity))
    .map((finding) => `${formatFinding({ ...finding, file: `${folder.replace(/\/+$/, '')}/${finding.file}` })}\n`)
    .join('')
}

/** `2 errors, 1 warning` */
export function countFindings(findings: readonly Finding[]): string {
  const count = (severity: Severity, one: string, many: string): string[] => {
    const number = findings.filter((finding) => finding.severity === severity).length
    return number === 0 ? [] : [counted(number, one, many)]
  }
  const parts = [
    ...count('error', 'error', 'errors'),
    ...count('warning', 'warning', 'warnings'),
    ...count('advice', 'piece of advice', 'pieces of advice'),
  ]
  return parts.length === 0 ? 'nothing to say' : parts.join(', ')
}
