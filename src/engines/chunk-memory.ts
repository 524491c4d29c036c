// Chunks of DuckDB results that nobody needs any more → memory that is given back soon.
//
// A chunk is freed when V8 collects the small object that stands for it. V8 does not know that megabytes hang on it, so it
// sees no reason to collect, and a process grows by hundreds of megabytes. node-api has no call that frees a chunk.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Chunks between two collections: of wide rows with long texts, some 15 MB. */
const chunksBetweenCollections = 4

type Collect = (options: { readonly type: 'minor' }) => void

const collect: () => Collect = (() => {
  let found: Collect | undefined
  return () => {
    if (found === undefined) {
      setFlagsFromString('--expose-gc')
      found = runInNewContext('gc') as Collect
    }
    return found
  }
})()

let chunks = 0

/** To be called for each chunk when it has been read; every few of them it takes V8 about a millisecond to collect them. */
export function chunkWasRead(): void {
  chunks += 1
  if (chunks % chunksBetweenCollections === 0) collect()({ type: 'minor' })
}
