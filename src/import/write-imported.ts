// Imported descriptors → the text for a terminal, or files in a folder, without overwriting anything by accident.

import { existsSync, statSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { counted } from '../core/counted.js'
import { RegistryError } from '../core/errors.js'
import type { Finding } from '../voresource/finding.js'
import { isMapValue } from '../voresource/merge.js'
import type { Descriptor } from '../voresource/resource-types/index.js'
import { SchemaChecker } from '../voresource/schema-check.js'
import { descriptorText } from './descriptor-text.js'
import type { Imported } from './imported.js'
import { judge } from './judge.js'

/** A descriptor with what `validate` says about it, and the files it becomes. */
export interface Written {
  readonly imported: Imported
  readonly findings: readonly Finding[]
  /** Path → text; the descriptor first, then what it includes. */
  readonly files: ReadonlyMap<string, string>
}

/** Columns above which a tableset gets a file of its own. */
const longTablesetColumns = 40
/** Comments of advice are few; a table without UCDs would drown the file in them. */
const mostRemarks = 60

/**
 * The texts of a descriptor. `path` is where it is to be written; without one it is a single text under the empty path.
 */
export function render(imported: Imported, path: string | undefined, checker = new SchemaChecker()): Written {
  // The schema has not been asked yet: what it says becomes comments.
  const findings = judge(imported.descriptor as unknown as Descriptor, checker)
  const remarks = findings.filter((one) => one.severity !== 'advice').slice(0, mostRemarks)
  const { tableset } = imported.descriptor
  const own = remarks.filter((one) => path === undefined || !(one.pointer ?? '').startsWith('/tableset'))
  if (path === undefined || !isMapValue(tableset) || columnsOf(tableset) <= longTablesetColumns) {
    const text = descriptorText(imported.descriptor, { head: headOf(imported, findings), findings: remarks })
    return { imported, findings, files: new Map([[path ?? '', text]]) }
  }
  const include = `tables/${basename(path).replace(/\.[^.]+$/, '')}.yaml`
  const descriptor = { ...imported.descriptor, tableset: { include } }
  const ofTables = remarks
    .filter((one) => (one.pointer ?? '').startsWith('/tableset'))
    .map((one) => ({ ...one, pointer: (one.pointer ?? '').slice('/tableset'.length) }))
  return {
    imported,
    findings,
    files: new Map([
      [path, descriptorText(descriptor, { head: headOf(imported, findings), findings: own })],
      [
        join(dirname(path), include),
        descriptorText(tableset, { head: [`The tables of ${basename(path)}.`], findings: ofTables }),
      ],
    ]),
  }
}

function headOf({ notes, conversions, losses }: Imported, findings: readonly Finding[]): readonly string[] {
  const count = (severity: string) => findings.filter((one) => one.severity === severity).length
  return [
    ...notes,
    ...section(
      'In another form, meaning the same:',
      conversions.map(({ path, value, why }) => `${path}: ${value} (${why})`),
    ),
    ...section(
      'Not the same:',
      losses.map(({ path, kind, value, other }) => {
        if (kind === 'changed') return `${path}: "${value}" becomes "${other ?? ''}"`
        return kind === 'missing' ? `${path}: "${value}" has no place in a descriptor` : `${path}: "${value}" is added`
      }),
    ),
    ...(findings.length === 0
      ? []
      : [
          '',
          `waymark validate has ${counted(count('error'), 'error')}, ${counted(count('warning'), 'warning')} and ${counted(count('advice'), 'piece', 'pieces')} of advice for it.`,
        ]),
    '',
  ].map((line) => line.replace(/\s+/g, ' '))
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `- ${line}`)]
}

function columnsOf(tableset: Readonly<Record<string, unknown>>): number {
  const lists = (value: unknown, key: string): readonly unknown[] => {
    const list = isMapValue(value) ? value[key] : undefined
    return Array.isArray(list) ? list : []
  }
  return lists(tableset, 'schemas')
    .flatMap((schema) => lists(schema, 'tables'))
    .reduce((sum: number, table) => sum + lists(table, 'columns').length, 0)
}

/** Where a descriptor goes: into `out` if that is a folder, else `out` is the file. */
export function targetPath(out: string, name: string, isSeveral: boolean): string {
  const isFolder = /[/\\]$/.test(out) || (existsSync(out) && statSync(out).isDirectory())
  if (isFolder || isSeveral) return join(out, `${name}.yaml`)
  return out
}

/** Writes the files. Throws kind `usage` before anything is written when one exists and `force` is not given. */
export async function writeFiles(files: ReadonlyMap<string, string>, force: boolean): Promise<void> {
  const present = [...files.keys()].filter((path) => existsSync(path))
  if (present.length > 0 && !force)
    throw new RegistryError(
      'usage',
      `${present.join(', ')} exists already; --force overwrites it, --out names another place.`,
    )
  for (const [path, text] of files) {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text, force ? {} : { flag: 'wx' })
  }
}
