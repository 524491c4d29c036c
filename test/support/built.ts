// The sources as plain JavaScript, for tests that start processes of their own: Node 20 cannot run TypeScript.
import { createHash, randomUUID } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('../..', import.meta.url))
const cache = join(root, 'node_modules/.cache/waymark-built')

/** Absolute path of the JavaScript made of `src/<name>.ts`. All sources are translated, once for each state of them. */
export function builtFile(name: string): string {
  const sources = sourceFiles()
  const hash = createHash('sha256')
  for (const source of sources)
    hash
      .update(source)
      .update('\0')
      .update(readFileSync(join(root, 'src', source)))
  const folder = join(cache, hash.digest('hex').slice(0, 16))
  if (!existsSync(folder)) build(sources, folder)
  return join(folder, 'dist', `${name}.js`)
}

function sourceFiles(): readonly string[] {
  return readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .sort()
}

/** Writes beside and renames, because several test files may ask at the same time. */
function build(sources: readonly string[], folder: string): void {
  const draft = `${folder}.${randomUUID()}`
  for (const source of sources) {
    const target = join(draft, 'dist', source.replace(/\.ts$/, '.js'))
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, transpile(join(root, 'src', source)))
  }
  copyFileSync(join(root, 'package.json'), join(draft, 'package.json'))
  symlinkSync(join(root, 'schemas'), join(draft, 'schemas'))
  try {
    renameSync(draft, folder)
  } catch (thrown) {
    rmSync(draft, { recursive: true, force: true })
    if (!existsSync(folder)) throw thrown
  }
}

function transpile(file: string): string {
  const compilerOptions = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true }
  return ts.transpileModule(readFileSync(file, 'utf8'), { fileName: file, compilerOptions }).outputText
}
