// FITS header cards: keyword, value, comment → blocks of 2880 bytes (FITS 4.0 §4).
import { Buffer } from 'node:buffer'

/** Every FITS structure is a whole number of these, in bytes. */
export const blockBytes = 2880

/** One header line. */
export interface Card {
  readonly keyword: string
  readonly value: string | number | bigint | boolean
  readonly comment?: string
}

/** Cards, END and the padding of the block. */
export function headerBytes(cards: readonly Card[]): Buffer {
  const text = `${cards.map(cardText).join('')}${'END'.padEnd(80)}`
  return Buffer.from(text.padEnd(paddedLength(text.length)), 'latin1')
}

/** The length rounded up to whole blocks. */
export function paddedLength(bytes: number): number {
  return Math.ceil(bytes / blockBytes) * blockBytes
}

function cardText(card: Card): string {
  const keyword = `${card.keyword.padEnd(8)}= `
  if (typeof card.value === 'string') return stringCard(keyword, card.value, card.comment)
  const value = typeof card.value === 'boolean' ? (card.value ? 'T' : 'F') : String(card.value)
  return withComment(keyword + value.padStart(20), card.comment)
}

// Long strings go on in CONTINUE cards, each ending with & (FITS 4.0 §4.2.1.2).
function stringCard(keyword: string, value: string, comment: string | undefined): string {
  const quoted = fitsText(value).trimEnd().replaceAll("'", "''")
  if (quoted.length <= 68) return withComment(`${keyword}'${quoted.padEnd(8)}'`, comment)
  const pieces = piecesOf(quoted, 67)
  return pieces
    .map((piece, index) => {
      const start = index === 0 ? keyword : 'CONTINUE  '
      return `${start}'${piece}${index === pieces.length - 1 ? '' : '&'}'`.padEnd(80)
    })
    .join('')
}

// A doubled apostrophe must not be torn apart.
function piecesOf(quoted: string, length: number): string[] {
  const pieces: string[] = []
  for (let start = 0; start < quoted.length; ) {
    let end = Math.min(quoted.length, start + length)
    const trailing = /'+$/.exec(quoted.slice(start, end))?.[0].length ?? 0
    if (end < quoted.length && trailing % 2 === 1) end -= 1
    pieces.push(quoted.slice(start, end))
    start = end
  }
  return pieces
}

function withComment(text: string, comment: string | undefined): string {
  return (comment === undefined ? text : `${text} / ${comment}`).slice(0, 80).padEnd(80)
}

/** Text within the printable ASCII characters that FITS allows; accents are dropped, the rest becomes `?`. */
export function fitsText(text: string): string {
  if (/^[ -~]*$/.test(text)) return text
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[\r\n\t]+/g, ' ')
    .replace(/[^ -~]/gu, '?')
}
