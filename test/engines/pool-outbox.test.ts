// What an engine process has computed goes out in order, as far as its reader wants, and ends once.
import { describe, expect, it } from 'vitest'
import type { Row } from '../../src/core/sql.js'
import { PoolOutbox } from '../../src/engines/pool-outbox.js'

const batch = (bytes: number): readonly Row[] => [[new Uint8Array(bytes), 1]]

function outboxWith(allowed: number) {
  const sent: string[] = []
  const outbox = new PoolOutbox(allowed, (rows, isLast) => {
    const bytes = rows.map(([some]) => (some as Uint8Array).length)
    sent.push(`${bytes.join('+')}${isLast ? ' last' : ''}`)
  })
  return { outbox, sent }
}

/** Whether a promise has resolved by now. */
async function isDone(promise: Promise<unknown>): Promise<boolean> {
  const nothing = Symbol('nothing')
  return (await Promise.race([promise, new Promise((resolve) => setImmediate(resolve, nothing))])) !== nothing
}

describe('an outbox', () => {
  it('sends the only batch as the last one, and says so where there is none', async () => {
    const { outbox, sent } = outboxWith(10)
    await outbox.end(batch(3))
    expect(sent).toEqual(['3 last'])
    const empty = outboxWith(10)
    await empty.outbox.end([])
    expect(empty.sent).toEqual([' last'])
  })

  it('sends no more than is allowed but for the batch that reaches it, and goes on when more is', async () => {
    const { outbox, sent } = outboxWith(10)
    for (const bytes of [6, 6, 6]) await outbox.put(batch(bytes))
    const ended = outbox.end(batch(1))
    expect(sent).toEqual(['6', '6'])
    expect(await isDone(ended)).toBe(false)
    outbox.allow(3)
    expect(sent).toEqual(['6', '6', '6'])
    outbox.allow(10)
    expect(sent).toEqual(['6', '6', '6', '1 last'])
    expect(await isDone(ended)).toBe(true)
  })

  it('lets the query compute ahead of its reader, but not without end', async () => {
    const { outbox, sent } = outboxWith(1)
    for (let megabytes = 0; megabytes < 17; megabytes++) await outbox.put(batch(1_000_000))
    const next = outbox.put(batch(1_000_000))
    expect(await isDone(next)).toBe(false)
    outbox.allow(2_000_000)
    expect(await isDone(next)).toBe(true)
    expect(sent).toHaveLength(3)
  })

  it('sends what waits before a failure is told, and nothing that nobody wants', async () => {
    const failed = outboxWith(1)
    await failed.outbox.put(batch(2))
    await failed.outbox.put(batch(3))
    failed.outbox.flush(batch(4))
    expect(failed.sent).toEqual(['2', '3', '4'])
    const dropped = outboxWith(1)
    await dropped.outbox.put(batch(2))
    const waiting = dropped.outbox.put(batch(20_000_000))
    expect(await isDone(waiting)).toBe(false)
    dropped.outbox.drop()
    expect(await isDone(waiting)).toBe(true)
    expect(dropped.sent).toEqual(['2'])
  })

  it('tells the end to a reader that left while the last rows waited', async () => {
    const { outbox, sent } = outboxWith(1)
    await outbox.put(batch(2))
    const ended = outbox.end(batch(3))
    outbox.drop()
    expect(await isDone(ended)).toBe(true)
    expect(sent).toEqual(['2', ' last'])
    outbox.drop()
    expect(sent).toHaveLength(2)
  })
})
