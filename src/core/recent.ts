// Values by key, the least recently used forgotten first when they outgrow their room.

/** Never holds values of more than `room` in all; each counts as `sizeOf` says, or as one. */
export class Recent<Key, Value> {
  readonly #values = new Map<Key, Value>()
  readonly #room: number
  readonly #sizeOf: (value: Value) => number
  #size = 0

  constructor(room: number, sizeOf: (value: Value) => number = () => 1) {
    this.#room = room
    this.#sizeOf = sizeOf
  }

  /** Of all values held now. */
  get size(): number {
    return this.#size
  }

  /** False when the next values would soon push out others. */
  get isRoomy(): boolean {
    return this.#size < 0.9 * this.#room
  }

  get(key: Key): Value | undefined {
    const found = this.#values.get(key)
    if (found === undefined) return undefined
    // A Map keeps the order of insertion: the front is what was not asked for longest.
    this.#values.delete(key)
    this.#values.set(key, found)
    return found
  }

  set(key: Key, value: Value): void {
    const before = this.#values.get(key)
    if (before !== undefined) this.#forget(key, before)
    this.#values.set(key, value)
    this.#size += this.#sizeOf(value)
    for (const [oldest, its] of this.#values) {
      if (this.#size <= this.#room) break
      this.#forget(oldest, its)
    }
  }

  clear(): void {
    this.#values.clear()
    this.#size = 0
  }

  #forget(key: Key, value: Value): void {
    this.#values.delete(key)
    this.#size -= this.#sizeOf(value)
  }
}
