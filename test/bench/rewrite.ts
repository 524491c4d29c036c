// Command: how long `waymark rewrite` takes for a large tree of source files.
//   node --import ./test/bench/typescript.mjs test/bench/rewrite.ts [--files 100000] [--bytes 8000]
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runCommand } from './program.js'
import { reportRuns } from './report.js'
import { writeSourceTree } from './source-tree.js'
import { emptyStateFolder, figuresFolder } from './workspace.js'

const { values: options } = parseArgs({
  options: { files: { type: 'string', default: '100000' }, bytes: { type: 'string', default: '8000' } },
})
const files = Number(options.files)
const bytesPerFile = Number(options.bytes)

const tree = emptyStateFolder(`rewrite-${files}-${bytesPerFile}`)
try {
  const named = writeSourceTree(tree, { files, bytesPerFile, every: 100 })
  const rewrite = async (args: readonly string[], exitCode: number, expected: string) => {
    const figures = await runCommand(['rewrite', ...args, tree], exitCode)
    // A figure of work that was not done would be worth nothing.
    if (!figures.output.includes(expected)) throw new Error(`expected ${expected}, got\n${figures.output.slice(-500)}`)
    return figures
  }
  const runs = {
    [`patch for ${named} files`]: await rewrite([], 4, 'caom'),
    applied: await rewrite(['--apply'], 0, `${named} replaced`),
    'nothing left': await rewrite([], 0, 'no former addresses'),
  }
  console.log(`${files} files of ${bytesPerFile} bytes`)
  reportRuns(join(figuresFolder, `rewrite-${files}.json`), 'rewrite', { files, bytesPerFile }, runs)
} finally {
  rmSync(tree, { recursive: true, force: true })
}
