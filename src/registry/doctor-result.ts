// The last examination of our own registry ↔ `doctor.json` in the state folder, for /status and for who compares.
import { readFile } from 'node:fs/promises'
import { replaceFile } from '../core/replace-file.js'
import type { DoctorFinding } from './doctor.js'

/** File in the state folder. */
export const doctorResultFile = 'doctor.json'

export interface DoctorResult {
  /** When it ended. */
  readonly time: string
  readonly oaiUrl: string
  readonly passed: number
  /** Everything that did not pass. */
  readonly findings: readonly DoctorFinding[]
}

/** Number of checks with that outcome. */
export function countOutcome({ findings }: DoctorResult, outcome: 'warning' | 'failed'): number {
  return findings.filter((one) => one.outcome === outcome).length
}

/** Keeps it in place of the one before, in one step. */
export async function keepDoctorResult(path: string, result: DoctorResult): Promise<void> {
  await replaceFile(path, `${JSON.stringify(result, null, 2)}\n`)
}

/** Undefined when the registry was never examined; a damaged file is as none, since the next examination replaces it. */
export async function readDoctorResult(path: string): Promise<DoctorResult | undefined> {
  try {
    const result = JSON.parse(await readFile(path, 'utf8')) as Partial<DoctorResult> | null
    const isWhole = typeof result?.time === 'string' && Array.isArray(result.findings)
    return isWhole ? (result as DoctorResult) : undefined
  } catch {
    return undefined
  }
}
