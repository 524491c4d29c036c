// Numbers → a tree of source files as observatories have them: programs, notebooks with outputs, data files; a few of
// them name former addresses.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface SourceTree {
  readonly files: number
  readonly bytesPerFile: number
  /** One file in so many names a former address. */
  readonly every: number
}

const former = 'http://vao.stsci.edu/CAOMTAP/TapService.aspx'
const filesPerFolder = 100
const line =
  "    result = service.search('SELECT TOP 10 obs_id FROM ivoa.obscore')  # https://example.edu/docs/tap.html\n"

/** Writes the tree and gives the number of files that name a former address. */
export function writeSourceTree(folder: string, { files, bytesPerFile, every }: SourceTree): number {
  const endings = ['py', 'ipynb', 'json', 'yaml', 'md', 'txt', 'java', 'py'] as const
  const filling = line.repeat(Math.max(1, Math.floor(bytesPerFile / line.length)))
  const contents = new Map(
    endings.flatMap((ending) =>
      [false, true].map((isOld) => [`${ending}${isOld}`, content(ending, isOld, filling)] as const),
    ),
  )
  let named = 0
  for (let index = 0; index < files; index++) {
    const place = join(
      folder,
      `project${Math.floor(index / filesPerFolder / 50)}`,
      `part${Math.floor(index / filesPerFolder)}`,
    )
    if (index % filesPerFolder === 0) mkdirSync(place, { recursive: true })
    const ending = endings[index % endings.length] ?? 'py'
    const isOld = index % every === 0
    if (isOld) named++
    writeFileSync(join(place, `file${index}.${ending}`), contents.get(`${ending}${isOld}`) ?? '')
  }
  return named
}

/** A file of that kind; the output of a notebook names the former address too, and is left alone. */
function content(ending: string, isOld: boolean, filling: string): string {
  const address = isOld ? former : 'https://example.edu/tap'
  switch (ending) {
    case 'ipynb':
      return JSON.stringify(
        {
          cells: [
            {
              cell_type: 'code',
              source: [`service = pyvo.dal.TAPService("${address}")\n`],
              outputs: [{ output_type: 'stream', text: [`asked ${address}\n`, ...filling.split('\n')] }],
            },
          ],
          metadata: {},
          nbformat: 4,
          nbformat_minor: 5,
        },
        null,
        1,
      )
    case 'json':
      return `${JSON.stringify({ service: address, lines: filling.split('\n') }, null, 2)}\n`
    default:
      return `${filling}service: ${address}/sync\n`
  }
}
