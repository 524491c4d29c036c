// The sources as plain JavaScript, for tests that start processes of their own: Node 20 cannot run TypeScript.
import { createHash, randomUUID } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
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

/** Absolute path of the JavaScript made of `src/<name>.ts`; it and all it imports is translated, once for each state. */
export function builtFile(name: string): string {
  const sources = closureOf(`${name}.ts`)
  const hash = createHash('sha256')
  for (const [source, text] of sources) hash.update(source).update('\0').update(text)
  const folder = join(cache, hash.digest('hex').slice(0, 16))
  if (!existsSync(folder)) build(sources, folder)
  return join(folder, 'dist', `${name}.js`)
}

/** A source file and everything that it imports, by path below src. */
function closureOf(entry: string): ReadonlyMap<string, string> {
  const sources = new Map<string, string>()
  const waiting = [entry]
  for (let source = waiting.pop(); source !== undefined; source = waiting.pop()) {
    if (sources.has(source)) continue
    const text = readFileSync(join(root, 'src', source), 'utf8')
    sources.set(source, text)
    for (const [, target = ''] of text.matchAll(/(?:from|import|import\(|URL\()\s*'(\.[^']+)\.js'/g))
      waiting.push(join(dirname(source), `${target}.ts`))
  }
  return sources
}

/** Writes beside and renames, because several test files may ask at the same time. */
function build(sources: ReadonlyMap<string, string>, folder: string): void {
  const draft = `${folder}.${randomUUID()}`
  for (const [source, text] of sources) {
    const target = join(draft, 'dist', source.replace(/\.ts$/, '.js'))
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, transpile(source, text))
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

function transpile(fileName: string, text: string): string {
  const compilerOptions = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true }
  return ts.transpileModule(text, { fileName, compilerOptions }).outputText
}
