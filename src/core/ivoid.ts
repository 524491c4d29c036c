// IVOA identifiers: text → a checked, comparable name (Identifiers 2.0; VOResource 1.2 schema type IdentifierURI).
import { createHash } from 'node:crypto'
import type { Brand } from './brand.js'
import { RegistryError } from './errors.js'

/** An IVOID without query and fragment, spelled as its publisher spells it. */
export type Ivoid = Brand<string, 'Ivoid'>

// VOResource 1.2 schema, types AuthorityID and ResourceKey.
const segment = String.raw`[\w\-.!~*'()+=]+`
const ivoidPattern = new RegExp(String.raw`^ivo://[A-Za-z0-9][\w\-.!~*'()+=]{2,}(/${segment})*$`, 'i')

/** True for text of the form `ivo://authority/key` without query, fragment, empty or dot segments. */
export function isIvoid(text: string): text is Ivoid {
  return (
    ivoidPattern.test(text) &&
    !text
      .split('/')
      .slice(3)
      .some((part) => part === '.' || part === '..')
  )
}

/** Text → Ivoid; throws kind `invalid` with the reason when it is none. */
export function parseIvoid(text: string): Ivoid {
  const trimmed = text.trim()
  if (isIvoid(trimmed)) return trimmed
  throw new RegistryError(
    'invalid',
    `"${shorten(trimmed)}" is not an IVOID: expected ivo://authority/name with letters, digits and - _ . ! ~ * ' ( ) + = in each part.`,
  )
}

/** The form used as key: IVOIDs are compared without case (Identifiers 2.0 §2). */
export function foldIvoid(ivoid: string): string {
  return ivoid.toLowerCase()
}

/** True when both name the same resource. */
export function sameIvoid(one: string, other: string): boolean {
  return foldIvoid(one) === foldIvoid(other)
}

/** `ivo://archive.stsci.edu/tap/gaiadr3` → `archive.stsci.edu`. */
export function authorityOf(ivoid: string): string {
  return ivoid.split('/')[2] ?? ''
}

/** `ivo://archive.stsci.edu/tap/gaiadr3` → `tap/gaiadr3`; empty for an authority. */
export function keyOf(ivoid: string): string {
  return ivoid.split('/').slice(3).join('/')
}

/**
 * A whole number below 2⁵³, always the same for the same text: 21 bits of the SHA-256 of the authority, so that resources
 * of one publisher stay together in its order, then 32 bits of that of the whole. Different texts may share one number:
 * it narrows a search and never decides one.
 */
export function ivoidNumber(ivoid: string): number {
  return (hashBits(authorityOf(ivoid)) >>> 11) * 2 ** 32 + hashBits(ivoid)
}

/** The first 32 bits of the SHA-256 of a text in UTF-8. */
function hashBits(text: string): number {
  return createHash('sha256').update(text, 'utf8').digest().readUInt32BE(0)
}

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
