// Values by key, the least recently used forgotten first.

/** Never holds more than `most` values. */
export class Recent<Key, Value> {
  readonly #values = new Map<Key, Value>()
  readonly #most: number

  constructor(most: number) {
    this.#most = most
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
    this.#values.delete(key)
    this.#values.set(key, value)
    if (this.#values.size <= this.#most) return
    for (const oldest of this.#values.keys()) {
      this.#values.delete(oldest)
      return
    }
  }

  clear(): void {
    this.#values.clear()
  }
}
