import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { counted } from '../../src/core/counted.js'

it.each([
  [0, '0 records'],
  [1, '1 record'],
  [2, '2 records'],
  [12_500, '12,500 records'],
])('%d is %s', (count, expected) => {
  expect(counted(count, 'record')).toBe(expected)
})

it('takes other plurals as they are given', () => {
  expect([1, 3].map((count) => counted(count, 'registry', 'registries'))).toEqual(['1 registry', '3 registries'])
  expect(counted(1, 'record is', 'records are')).toBe('1 record is')
})

it('is how every list of results counts: no plural stands by itself behind the length of a list', () => {
  const source = fileURLToPath(new URL('../../src', import.meta.url))
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
  const found = files.flatMap((file) =>
    [...readFileSync(`${source}/${file}`, 'utf8').matchAll(bareCount)].map((match) => `${file}: ${match[0]}`),
  )
  expect(found).toEqual([])
})

/** `${list.length} records`, `${counts.warning} warnings`: a number that may be one, and a plural. */
const bareCount =
  /\$\{[^{}]*(\.length|\.size|\.active|\.error|\.warning|toLocaleString\('en'\))\} (more )?(addresses|authorities|bytes|cells|columns|documents|entries|errors|files|findings|parts|records|registries|resources|rows|services|tables|terms|warnings)\b/g
