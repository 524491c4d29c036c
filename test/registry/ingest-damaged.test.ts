// Documents with random damage: nothing throws, nothing hangs, and what is taken can be read again.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldIvoid, parseIvoid } from '../../src/core/ivoid.js'
import { incomingRecords } from '../../src/registry/incoming.js'
import { recordMapper } from '../../src/regtap/rows.js'
import { declaredSchemas } from '../../src/tables/declared.js'
import { readXml } from '../../src/xml/reader.js'

const folder = fileURLToPath(new URL('../harvested/records', import.meta.url))
const documents = readdirSync(folder)
  .filter((file) => file.endsWith('.xml'))
  .map((file) => readFileSync(`${folder}/${file}`, 'utf8').replace(/^<\?xml[^>]*>/, ''))
const map = recordMapper(declaredSchemas())
const options = { origin: parseIvoid('ivo://origin.example/r'), source: 'damaged', clock: () => new Date(0) }

/** A place (as a share of the text), how much goes there, what comes. */
const damage = fc.record({
  place: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.nat({ max: 60 }),
  added: fc.constantFrom(
    ...['', '<', '>', '&', '"', '</', '<!--', ']]>', '<![CDATA[', '\u0000', '\ud800', 'xmlns=""', '<?x', '&#xD800;'],
    ...['<ri:Resource>', '</ri:Resource>', '<record>', '</record>', '\r', '<!DOCTYPE x>', '<identifier>'],
  ),
})

function damaged(text: string, damages: readonly { place: number; removed: number; added: string }[]): string {
  return damages.reduce((present, { place, removed, added }) => {
    const at = Math.floor(place * present.length)
    return present.slice(0, at) + added + present.slice(at + removed)
  }, text)
}

test('random damage to any document', async () => {
  const damagedDocuments = fc
    .tuple(fc.array(fc.constantFrom(...documents), { minLength: 1, maxLength: 3 }), fc.array(damage, { maxLength: 5 }))
    .map(([parts, damages]) => damaged(`<list>${parts.join('\n')}</list>`, damages))
  await fc.assert(
    fc.asyncProperty(damagedDocuments, fc.integer({ min: 1, max: 3000 }), async (text, pieceLength) => {
      async function* pieces(): AsyncGenerator<string> {
        for (let at = 0; at < text.length; at += pieceLength) yield text.slice(at, at + pieceLength)
      }
      for await (const found of incomingRecords(pieces(), options)) {
        if (found.status === 'quarantined') expect(found.reason).not.toBe('')
        else if (found.status !== 'deleted') {
          const again = map(readXml(found.xml), foldIvoid(found.ivoid))
          expect([...(again.get('rr.resource') ?? [])]).toHaveLength(1)
        }
      }
    }),
    { numRuns: 300 },
  )
})
