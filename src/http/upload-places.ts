// Requests that bring tables along → so many at a time; the rest wait a little before their bodies are read, because every
// body stays in memory until its query is done.
import type { FastifyInstance } from 'fastify'
import { RegistryError } from '../core/errors.js'

export interface UploadPlaces {
  /** Requests at a time. */
  readonly places: number
  /** Longest wait of the others. */
  readonly waitSeconds: number
}

/** Requests with multipart bodies take a place. Throws kind `unavailable` for those that waited in vain. */
export function limitUploads(app: FastifyInstance, { places, waitSeconds }: UploadPlaces): void {
  let free = places
  const waiting = new Set<() => void>()
  const release = (): void => {
    // A place goes from one to the next, so that nobody slips in between.
    const [next] = waiting
    if (next === undefined) free++
    else next()
  }
  app.addHook('onRequest', async (request, reply) => {
    if (!/^multipart\//i.test(request.headers['content-type'] ?? '')) return
    if (free === 0) await turn(waiting, waitSeconds)
    else free--
    let isReleased = false
    for (const event of ['finish', 'close'] as const)
      reply.raw.once(event, () => {
        if (!isReleased) release()
        isReleased = true
      })
  })
}

function turn(waiting: Set<() => void>, waitSeconds: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const enter = (): void => {
      clearTimeout(timer)
      waiting.delete(enter)
      resolve()
    }
    const timer = setTimeout(() => {
      waiting.delete(enter)
      reject(
        new RegistryError('unavailable', 'Too many tables are being uploaded at the moment; send the request again.', {
          retryAfterSeconds: waitSeconds,
        }),
      )
    }, waitSeconds * 1000)
    waiting.add(enter)
  })
}
