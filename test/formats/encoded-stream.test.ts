import { describe, expect, it } from 'vitest'
import { streamEncoded } from '../../src/formats/encoded-stream.js'

/** Rows that note what happens to them. */
async function* notedRows(events: string[], pieces: readonly string[]): AsyncGenerator<Uint8Array> {
  events.push('engine begins')
  try {
    for (const piece of pieces) {
      await Promise.resolve()
      if (piece === 'failure') throw new Error('broken off')
      yield Buffer.from(piece)
    }
  } finally {
    events.push('engine ends')
  }
}

function documentOf(events: string[]) {
  return {
    head: () => {
      events.push('head')
      return '<'
    },
    tail: () => '>',
    failure: (message: string) => `!${message}`,
  }
}

async function written(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  let text = ''
  for await (const chunk of chunks) text += Buffer.from(chunk).toString()
  return text
}

const large = 'x'.repeat(70_000)

describe('rows that come as bytes', () => {
  it('are asked for before the head is written', async () => {
    const events: string[] = []
    expect(await written(streamEncoded(documentOf(events), notedRows(events, ['a', 'b'])))).toBe('<ab>')
    expect(events).toEqual(['engine begins', 'head', 'engine ends'])
  })

  it('that fail at once leave no document', async () => {
    const events: string[] = []
    await expect(written(streamEncoded(documentOf(events), notedRows(events, ['failure'])))).rejects.toThrow(
      'broken off',
    )
    expect(events).toEqual(['engine begins', 'head', 'engine ends'])
  })

  it('that fail later say so at the end', async () => {
    const rows = notedRows([], [large, 'b', 'failure'])
    expect(await written(streamEncoded(documentOf([]), rows))).toMatch(/^<x{70000}b!./)
  })

  it('are left when their reader leaves', async () => {
    const events: string[] = []
    for await (const chunk of streamEncoded(documentOf(events), notedRows(events, [large, large]))) {
      expect(chunk).toHaveLength(large.length + 1)
      break
    }
    expect(events.at(-1)).toBe('engine ends')
  })

  it('are left when the head cannot be written', async () => {
    const events: string[] = []
    const document = { ...documentOf(events), head: () => String(JSON.parse('{')) }
    await expect(written(streamEncoded(document, notedRows(events, ['a'])))).rejects.toThrow(SyntaxError)
    expect(events).toEqual(['engine begins', 'engine ends'])
  })
})
