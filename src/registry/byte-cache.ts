// Byte arrays by key, the least recently used forgotten first when they outgrow their room.

/** A cache that never holds more than `maxBytes`. */
export class ByteCache<Key> {
  readonly #entries = new Map<Key, Uint8Array>()
  readonly #maxBytes: number
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Bytes held now. */
  get bytes(): number {
    return this.#bytes
  }

  /** False when the next entries would soon push out others. */
  get isRoomy(): boolean {
    return this.#bytes < 0.9 * this.#maxBytes
  }

  get(key: Key): Uint8Array | undefined {
    const found = this.#entries.get(key)
    if (found === undefined) return undefined
    // A Map keeps the order of insertion: the front is what was not asked for longest.
    this.#entries.delete(key)
    this.#entries.set(key, found)
    return found
  }

  set(key: Key, value: Uint8Array): void {
    this.#bytes += value.length - (this.#entries.get(key)?.length ?? 0)
    this.#entries.delete(key)
    this.#entries.set(key, value)
    for (const [oldest, bytes] of this.#entries) {
      if (this.#bytes <= this.#maxBytes) break
      this.#entries.delete(oldest)
      this.#bytes -= bytes.length
    }
  }

  clear(): void {
    this.#entries.clear()
    this.#bytes = 0
  }
}
