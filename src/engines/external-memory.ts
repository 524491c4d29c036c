// Memory that hangs on small objects of V8, chunks of DuckDB results and bytes on their way to clients → given back soon.
//
// It is freed when V8 collects the object. V8 does not see how large chunks are, so it has no reason to collect them, and a
// process grows by hundreds of megabytes; node-api has no call that frees one. Bytes it does see, and answers them with
// collections of its whole heap, a tenth of what the serving process does. Collecting young objects alone, which both kinds
// are, takes about a millisecond.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Chunks between two collections: of wide rows with long texts, some 15 MB. */
const chunksBetweenCollections = 4
const bytesBetweenCollections = 4_000_000

type Collect = (options: { readonly type: 'minor' }) => void

let chunks = 0
let bytes = 0
let collect: Collect | undefined

/** To be called for each chunk when it has been read. */
export function chunkWasRead(): void {
  chunks += 1
  if (chunks % chunksBetweenCollections === 0) collectYoung()
}

/** To be called for bytes that came, soon before they are sent on. */
export function bytesPassed(byteCount: number): void {
  bytes += byteCount
  if (bytes < bytesBetweenCollections) return
  bytes = 0
  collectYoung()
}

function collectYoung(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as Collect
  }
  collect({ type: 'minor' })
}
