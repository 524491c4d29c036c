// The last result of an address → what a server may leave unsaid this time, because it said it before.
import { createHash } from 'node:crypto'
import type { ProbeFinding, ProbeResult } from './probe.js'
import type { CapabilityFacts } from './probe-capabilities.js'
import type { ProbeAnswer, Validators } from './probe-request.js'

/** A document that was found in order, and how its server knows it again. */
export interface KnownDocument extends Validators {
  readonly url: string
  /** What it was compared with; a changed record has to be compared anew. */
  readonly basis: string
  readonly findings: readonly ProbeFinding[]
}

/** Documents of the last examination, and those of this one. */
export interface KnownDocuments {
  /** What was found when the same was asked before and compared with the same. */
  recall(url: string): KnownDocument | undefined
  /** Keeps what was found now. Failures are not kept: they are asked for anew. */
  keep(url: string, answer: ProbeAnswer, findings: readonly ProbeFinding[]): void
  readonly kept: readonly KnownDocument[]
}

/** Opens the documents of an address. */
export function knownDocuments(
  previous: ProbeResult | undefined,
  registered: CapabilityFacts | undefined,
): KnownDocuments {
  const basis = createHash('sha256')
    .update(JSON.stringify(registered ?? null))
    .digest('hex')
    .slice(0, 16)
  const before = new Map((previous?.documents ?? []).map((one) => [one.url, one]))
  const kept: KnownDocument[] = []
  const recall = (url: string): KnownDocument | undefined => {
    const one = before.get(url)
    return one?.basis === basis ? one : undefined
  }
  return {
    recall,
    keep: (url, { httpStatus, validators }, findings) => {
      const known = httpStatus === 304 ? recall(url) : undefined
      // A 304 may repeat the validators or leave them out (RFC 9110 §15.4.5).
      const etag = validators.etag ?? known?.etag
      const lastModified = validators.lastModified ?? known?.lastModified
      if (etag === undefined && lastModified === undefined) return
      if (findings.some(({ outcome }) => outcome === 'failed')) return
      kept.push({ url, basis, etag, lastModified, findings })
    },
    kept,
  }
}
