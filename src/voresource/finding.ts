// What is wrong with descriptors, in one form for people, editors and machines.
import { RegistryError } from '../core/errors.js'
import type { RuleName } from './rule-help.js'

export type Severity = 'error' | 'warning' | 'advice'

/** A place in a file, counted from 1. */
export interface SourcePosition {
  /** Path below the resources folder, with slashes. */
  readonly file: string
  readonly line: number
  readonly column: number
}

/** One thing that is wrong or could be better. */
export interface Finding extends SourcePosition {
  /** Short name of the rule, as `ucd-word`. */
  readonly rule: RuleName
  readonly severity: Severity
  /** What was found and what was expected. */
  readonly message: string
  /** What to do about it. */
  readonly hint?: string
  /** Where in the descriptor, as JSON pointer. */
  readonly pointer?: string
}

/** `mast/gaiadr3.yaml:12:5: error ucd-word: … (hint)` */
export function formatFinding(finding: Finding): string {
  const { file, line, column, severity, rule, message, hint } = finding
  return `${file}:${line}:${column}: ${severity} ${rule}: ${message}${hint === undefined ? '' : ` (${hint})`}`
}

/** Findings in the order of files and lines, each only once. */
export function sortFindings(findings: readonly Finding[]): readonly Finding[] {
  const unique = new Map(findings.map((one) => [formatFinding(one), one]))
  return [...unique.values()].sort(
    (a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column || compare(a.rule, b.rule),
  )
}

/** True when the descriptors must not be published. */
export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some((one) => one.severity === 'error')
}

/** Descriptors that break rules; kind `invalid`, exit code 4. */
export class DescriptorError extends RegistryError {
  override readonly name = 'DescriptorError'
  /** The first error, for who shows only one. */
  readonly first: Finding

  constructor(readonly findings: readonly Finding[]) {
    const errors = findings.filter((one) => one.severity === 'error')
    const first = errors[0]
    if (first === undefined) throw new TypeError('a DescriptorError needs at least one finding that is an error')
    super('invalid', errors.map(formatFinding).join('\n'))
    this.first = first
  }
}

/** Throws a DescriptorError when there is an error among the findings. */
export function throwIfErrors(findings: readonly Finding[]): void {
  if (hasErrors(findings)) throw new DescriptorError(findings)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
