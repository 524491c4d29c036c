// schemas/move.schema.json, by which editors complete move files, is the shape that the program checks them with.
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { projectPath } from '../../src/core/project-files.js'
import { moveFileShape } from '../../src/registry/moves-file.js'

it('is current (UPDATE_GOLDEN=1 writes it)', () => {
  const path = projectPath('schemas/move.schema.json')
  const wanted = `${JSON.stringify({ $schema: 'http://json-schema.org/draft-07/schema#', ...moveFileShape }, null, 2)}\n`
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, wanted)
  expect(readFileSync(path, 'utf8')).toBe(wanted)
})
