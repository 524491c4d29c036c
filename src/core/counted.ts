// A number and what it counts → words, as sentences and lists of results have them.

/** `1 record`, `12,500 records`; other plurals than with an s are given. */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : several}`
}
