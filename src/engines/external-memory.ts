// Memory that hangs on small objects of V8, chunks of DuckDB results and bytes on their way to clients → given back soon.
//
// It is freed when V8 collects the object. V8 does not see how large chunks are, so it has no reason to collect them, and a
// process grows by hundreds of megabytes; node-api has no call that frees one. Bytes it does see, and answers them with
// collections of its whole heap, a tenth of what the serving process does. Collecting young objects alone, which both kinds
// are, takes about a millisecond.
import { collectAll, collectYoung } from '../core/heap.js'

const chunkBytesBetweenCollections = 24_000_000
const passedBytesBetweenCollections = 4_000_000
/** A column of a chunk has room for 2,048 values of up to 16 bytes, however many there are. */
const columnBytes = 2048 * 16

let chunkBytes = 0
let passedBytes = 0

/** To be called for each chunk when it has been read, with the length of its texts as far as it is known. */
export function chunkWasRead(columns: number, textBytes: number): void {
  chunkBytes += columns * columnBytes + textBytes
  if (chunkBytes < chunkBytesBetweenCollections) return
  chunkBytes = 0
  collectYoung()
}

/** To be called for bytes that came, soon before they are sent on. */
export function bytesPassed(byteCount: number): void {
  passedBytes += byteCount
  if (passedBytes < passedBytesBetweenCollections) return
  passedBytes = 0
  collectYoung()
}

/**
 * To be called after a query that failed or was left: what it had built hangs on objects that may be old by then. Until they
 * are collected DuckDB counts it as in use, and one query that ran out of memory makes the next ones run out of it.
 */
export function queryWasCutShort(): void {
  collectAll()
}
