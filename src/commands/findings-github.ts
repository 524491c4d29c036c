// Findings → workflow commands that GitHub shows beside the lines of a pull request.
import type { Finding, Severity } from '../voresource/finding.js'

const levels: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', advice: 'notice' }

/** One line each: `::error file=…,line=…,col=…,title=…::message`. */
export function githubAnnotations(findings: readonly Finding[]): string {
  return findings
    .map(({ severity, file, line, column, rule, message, hint }) => {
      const properties = Object.entries({ file, line, col: column, title: rule })
        .map(([name, value]) => `${name}=${escapeProperty(String(value))}`)
        .join(',')
      const text = hint === undefined ? message : `${message}\n${hint}`
      return `::${levels[severity]} ${properties}::${escapeData(text)}\n`
    })
    .join('')
}

/** A message ends with its line, and percent signs begin an escape. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

/** In properties commas and colons mean something, too. */
function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
