// Command: writes the synthetic VO as files of OAI-PMH answers.
//   node --import ./test/bench/typescript.mjs test/bench/generate.ts --size 30000 --seed 42 --out DIR [--every K --version 2]
import { once } from 'node:events'
import { createWriteStream, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { oaiPages, type SyntheticSelection, wholeVo } from './oai-pages.js'
import { loadSyntheticVo } from './synthetic-vo.js'

export interface Written {
  readonly files: number
  readonly bytes: number
}

/** Writes the pages as `page-00001.xml` and so on into the folder, which is made when it is not there. */
export async function writeSyntheticVo(selection: SyntheticSelection, folder: string): Promise<Written> {
  const vo = await loadSyntheticVo()
  mkdirSync(folder, { recursive: true })
  let files = 0
  let bytes = 0
  for (const page of oaiPages(vo, selection)) {
    files += 1
    const file = createWriteStream(join(folder, `page-${String(files).padStart(5, '0')}.xml`))
    file.end(page)
    await once(file, 'finish')
    bytes += file.bytesWritten
  }
  return { files, bytes }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({
    options: {
      size: { type: 'string', default: String(wholeVo.size) },
      seed: { type: 'string', default: String(wholeVo.seed) },
      every: { type: 'string', default: '1' },
      version: { type: 'string', default: '1' },
      page: { type: 'string', default: String(wholeVo.recordsPerPage) },
      out: { type: 'string', default: 'state/synthetic-vo' },
    },
  })
  const started = performance.now()
  const { files, bytes } = await writeSyntheticVo(
    {
      size: Number(values.size),
      seed: Number(values.seed),
      every: Number(values.every),
      version: Number(values.version),
      recordsPerPage: Number(values.page),
    },
    resolve(values.out),
  )
  const seconds = (performance.now() - started) / 1000
  console.log(`${files} files, ${(bytes / 1e6).toFixed(1)} MB in ${values.out}, ${seconds.toFixed(1)} s`)
}
