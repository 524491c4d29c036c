// What every kind of import gives: descriptors with the remarks that go into their files.
import type { Conversion } from './modernise.js'

/** Something that the source says and the descriptor does not, or the other way round. */
export interface Loss {
  readonly path: string
  readonly kind: 'missing' | 'added' | 'changed'
  readonly value: string
  readonly other?: string
}

/** One descriptor made of a source. */
export interface Imported {
  /** Properties as in a descriptor file; what a person must add may be missing. */
  readonly descriptor: Readonly<Record<string, unknown>> & { readonly type: string }
  /** Name for its file, without ending. */
  readonly name: string
  readonly conversions: readonly Conversion[]
  readonly losses: readonly Loss[]
  /** Sentences for whoever reads the file, as where a number comes from. */
  readonly notes: readonly string[]
}

/** A file name out of an IVOID or any other text: the last step, in lower case. */
export function fileName(text: string): string {
  const last =
    text
      .replace(/[/?#]+$/, '')
      .split('/')
      .at(-1) ?? ''
  const name = last
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[-._]+|[-._]+$/g, '')
  return name === '' ? 'imported' : name
}
