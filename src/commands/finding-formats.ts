// The list of formats in which findings leave: one line for each. `--format` of validate and the help text read it.
import { relative, resolve, sep } from 'node:path'
import { type Finding, formatFinding } from '../voresource/finding.js'
import { githubAnnotations } from './findings-github.js'
import { sarifLog } from './findings-sarif.js'

/** Findings with files as seen from the working directory → the text of one format. */
export type FindingFormat = (findings: readonly Finding[]) => string

export const findingFormats: Readonly<Record<string, FindingFormat>> = {
  text: (findings) => findings.map((one) => `${formatFinding(one)}\n`).join(''),
  json: (findings) => `${JSON.stringify(findings, null, 2)}\n`,
  sarif: sarifLog,
  github: githubAnnotations,
}

/** A path as seen from the working directory, so that terminals, editors and forges find it; absolute where it lies elsewhere. */
export function fromWorkingDirectory(path: string): string {
  const seen = relative('', path).split(sep).join('/')
  return seen.startsWith('../') ? resolve(path) : seen
}
