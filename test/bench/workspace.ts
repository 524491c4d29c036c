// Where benchmarks keep what is expensive to make: pages of synthetic records, states of the registry, figures.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeSyntheticVo } from './generate.js'
import type { SyntheticSelection } from './oai-pages.js'

const root = join(tmpdir(), 'waymark-bench')

/** Folder for the JSON files with figures; not tracked by git. */
export const figuresFolder = fileURLToPath(new URL('../../state/bench', import.meta.url))

/** The pages of a selection, made unless an earlier run left them. */
export async function pagesFolder(selection: SyntheticSelection): Promise<string> {
  const { size, seed, every, version, recordsPerPage } = selection
  const folder = join(root, `pages-${size}-${seed}-${every}-${version}-${recordsPerPage}`)
  if (!existsSync(folder)) {
    const draft = `${folder}.next`
    rmSync(draft, { recursive: true, force: true })
    await writeSyntheticVo(selection, draft)
    renameSync(draft, folder)
  }
  return folder
}

/** An empty folder for the state of a registry. */
export function emptyStateFolder(name: string): string {
  const folder = join(root, `state-${name}`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  return folder
}

/** A state that an earlier run left, if it did. */
export function keptStateFolder(name: string): string | undefined {
  const folder = join(root, `state-${name}`)
  return existsSync(folder) ? folder : undefined
}

/** Bytes of the current generation of a state folder. */
export function generationBytes(state: string): number {
  const folder = join(state, 'generations')
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => /^\d+\.duckdb$/.test(name)) : []
  const numbers = files.map((name) => Number.parseInt(name, 10))
  return numbers.length === 0 ? 0 : statSync(join(folder, `${Math.max(...numbers)}.duckdb`)).size
}
