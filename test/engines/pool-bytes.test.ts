// Messages and bytes of an engine process arrive by two ways, in any interleaving.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteLane } from '../../src/engines/pool-bytes.js'
import type { MessageFromProcess } from '../../src/engines/pool-messages.js'

/** What a lane has delivered: for each query the bytes and counts of its batches, and whether it has ended. */
function received(messages: readonly MessageFromProcess[]): readonly string[] {
  const batches: string[] = []
  let open = ''
  for (const message of messages) {
    if (message.type === 'rows') {
      for (const [bytes, count] of message.rows) {
        open += Buffer.from(bytes as Uint8Array).toString('latin1')
        // Rows are counted with the last piece of their batch, which alone may end the query.
        if (count === 0) {
          expect(message.isLast).toBe(false)
          continue
        }
        batches.push(`${message.id}: ${open} (${count})${message.isLast === true ? ', the last' : ''}`)
        open = ''
      }
    } else batches.push(message.type)
  }
  expect(open).toBe('')
  return batches
}

const sent: readonly MessageFromProcess[] = [
  { type: 'bytes', id: 1, length: 5, rowCount: 2, isLast: false },
  { type: 'bytes', id: 2, length: 0, rowCount: 7, isLast: false },
  { type: 'bytes', id: 1, length: 3, rowCount: 1, isLast: true },
  { type: 'bytes', id: 2, length: 1, rowCount: 1, isLast: false },
  { type: 'end', id: 2 },
  { type: 'bytes', id: 3, length: 0, rowCount: 4, isLast: true },
]
const bytes = 'abcdefghi'
const expected = ['1: abcde (2)', '2:  (7)', '1: fgh (1), the last', '2: i (1)', 'end', '3:  (4), the last']

describe('a lane of bytes', () => {
  it('puts batches together and in order, however messages and bytes arrive', () => {
    const steps = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 9 })), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(steps, (plan) => {
        const delivered: MessageFromProcess[] = []
        const lane = new ByteLane((message) => delivered.push(message))
        let [nextMessage, nextByte] = [0, 0]
        const message = () => {
          const one = sent[nextMessage++]
          if (one !== undefined) lane.takeMessage(one)
        }
        const some = (count: number) => {
          const piece = bytes.slice(nextByte, nextByte + count)
          nextByte += count
          if (piece !== '') lane.takeBytes(Buffer.from(piece))
        }
        // 0 is the next message, another number so many of the next bytes; then all that is left.
        for (const step of plan) step === 0 ? message() : some(step)
        for (const _ of sent) message()
        some(bytes.length)
        expect(received(delivered)).toEqual(expected)
      }),
    )
  })

  it('lets what the process says of itself pass at once', () => {
    const delivered: MessageFromProcess[] = []
    const lane = new ByteLane((message) => delivered.push(message))
    lane.takeMessage({ type: 'bytes', id: 1, length: 5, rowCount: 2, isLast: false })
    lane.takeMessage({ type: 'end', id: 1 })
    lane.takeMessage({ type: 'memory', megabytes: 2000 })
    expect(delivered).toEqual([{ type: 'memory', megabytes: 2000 }])
  })
})
