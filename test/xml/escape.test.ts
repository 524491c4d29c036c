import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeAttribute, escapeText } from '../../src/xml/escape.js'
import { attributeOf, readXml, textOf } from '../../src/xml/reader.js'

describe('escaped text', () => {
  it('comes back from a parser as it went in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const root = readXml(`<a b="${escapeAttribute(text)}">${escapeText(text)}</a>`)
        const normalised = text.replace(/\r\n?/g, '\n')
        expect(textOf(root).replace(/\r\n?/g, '\n')).toBe(withoutControls(normalised))
        expect(attributeOf(root, 'b')).toBe(withoutControls(text))
      }),
    )
  })

  it('has a question mark where XML has no character', () => {
    expect(escapeText('a\u0000b\u000Bc\uFFFEd\uD800e')).toBe('a?b?c?d?e')
    expect(escapeText('<&>"')).toBe('&lt;&amp;&gt;"')
    expect(escapeText('\u{1F52D}')).toBe('\u{1F52D}')
  })
})

function withoutControls(text: string): string {
  return text.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F]/g, '?')
}
