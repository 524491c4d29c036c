// The kept results of examinations → what pages and lists say about one service: when it was checked, and how that went.
import type { ProbedAddress } from '../registry/probe-history.js'
import { type Html, html } from './html.js'
import { pathOf, type Site } from './layout.js'

/** The last examination of a service: the worst of its present addresses. */
export interface ServiceCheck {
  readonly outcome: 'ok' | 'warning' | 'failed'
  /** UTC, as 2026-05-01T08:00:00Z; of the address that was examined first. */
  readonly time: string
  /** What was wrong, one sentence each. */
  readonly problems: readonly string[]
}

/** By IVOID in lower case. */
export type ServiceChecks = ReadonlyMap<string, ServiceCheck>

const rank = { ok: 0, warning: 1, failed: 2 } as const
const tagClass = { ok: 'good', warning: 'moved', failed: 'bad' } as const

/** Arranges the history by service; former addresses say nothing about it. */
export function serviceChecks(addresses: readonly ProbedAddress[]): ServiceChecks {
  const checks = new Map<string, ServiceCheck>()
  for (const { last } of addresses) {
    if (last.isFormer || last.ivoid === null) continue
    const key = last.ivoid.toLowerCase()
    const before = checks.get(key)
    const outcome = last.outcome === 'passed' ? 'ok' : last.outcome
    const problems = last.findings
      .filter((one) => one.outcome !== 'passed')
      .map((one) => `${one.check}: ${one.message}`)
    checks.set(key, {
      outcome: before !== undefined && rank[before.outcome] > rank[outcome] ? before.outcome : outcome,
      time: before !== undefined && before.time < last.time ? before.time : last.time,
      problems: [...(before?.problems ?? []), ...problems],
    })
  }
  return checks
}

/** The result as a line of a card, with the way to the whole history. */
export function checkLine(site: Site, check: ServiceCheck | undefined): Html {
  const status = `${pathOf(site)}/status`
  if (check === undefined) return html`<a href="${status}"><span class="tag plain">not checked</span></a>`
  return html`<a href="${status}"><span class="tag ${tagClass[check.outcome]}">${check.outcome}</span></a> <time datetime="${check.time}">${readableTime(check.time)}</time>${
    check.problems.length === 0
      ? undefined
      : html`<ul class="plain">${check.problems.map((one) => html`<li>${one}</li>`)}</ul>`
  }`
}

/** `2026-05-01T08:00:00Z` as people read it. */
export function readableTime(time: string): string {
  return `${time.slice(0, 16).replace('T', ' ')} UTC`
}
