// Rows that wait on disk for their end.
import { expect, it } from 'vitest'
import { RowSpool } from '../../src/formats/spool.js'

it('rows come back as they were, as often as wanted', async () => {
  await using spool = await RowSpool.open()
  await spool.append([
    [1, 'a'],
    [null, 9007199254740993n],
  ])
  await spool.append([[2, 'ü']])
  for (let reading = 0; reading < 2; reading++) {
    const rows = []
    for await (const batch of spool.batches()) rows.push(...batch)
    expect(rows).toEqual([
      [1, 'a'],
      [null, 9007199254740993n],
      [2, 'ü'],
    ])
  }
})

it('rows never take more of the disk than they may', async () => {
  await using spool = await RowSpool.open(200)
  await spool.append([['short']])
  await expect(spool.append([['x'.repeat(200)]])).rejects.toMatchObject({ kind: 'limit' })
})
