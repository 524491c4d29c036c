// Files that ship with the program (schemas/, package.json), found from wherever the program runs: src/ or dist/.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Absolute path of a shipped file, as `schemas/tables/rr.json`. */
export function projectPath(relative: string): string {
  return fileURLToPath(new URL(`../../${relative}`, import.meta.url))
}

/** A shipped JSON file; the caller states its shape, and a test holds the file to it. */
export function readProjectJson<Shape>(relative: string): Shape {
  return JSON.parse(readFileSync(projectPath(relative), 'utf8')) as Shape
}
