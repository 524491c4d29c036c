// Counted requests at former addresses → the page /legacy, by which an operator sees when to switch a host off; and JSON.

import type { LegacyHit } from '../registry/legacy-hits.js'
import { addressKey, parseAddress } from '../registry/moves-address.js'
import type { MoveData } from '../registry/moves-lookup.js'
import { type Html, html } from './html.js'
import { page, pathOf, type Site } from './layout.js'

/** What is known about the requests for one former address. */
export interface AddressTraffic {
  readonly formerUrl: string
  readonly closed: string | null
  /** Day of the last request; null when there never was one. */
  readonly lastDay: string | null
  readonly quietDays: number | null
  readonly requests7Days: number
  readonly requests30Days: number
  readonly requests: number
  /** Of the last 30 days, most requests first. */
  readonly clients: readonly { readonly client: string; readonly requests: number }[]
}

/** Days without a request after which nobody is likely to come again. */
const quietEnough = 30

/** One row for each former address, the busiest first; spellings of one address are counted together. */
export function addressTraffic(hits: readonly LegacyHit[], data: MoveData, today: string): readonly AddressTraffic[] {
  const byKey = new Map<string, { formerUrl: string; closed: string | null; hits: LegacyHit[] }>()
  for (const { formerUrl, closed, kind } of data.addresses)
    if (kind !== 'mistake' && !byKey.has(keyOf(formerUrl))) byKey.set(keyOf(formerUrl), { formerUrl, closed, hits: [] })
  for (const hit of hits) {
    const known = byKey.get(keyOf(hit.formerUrl))
    if (known === undefined) byKey.set(keyOf(hit.formerUrl), { formerUrl: hit.formerUrl, closed: null, hits: [hit] })
    else known.hits.push(hit)
  }
  const rows = [...byKey.values()].map(({ formerUrl, closed, hits: own }): AddressTraffic => {
    const lastDay = own.reduce<string | null>((last, { day }) => (last === null || day > last ? day : last), null)
    const since = (days: number): readonly LegacyHit[] => own.filter(({ day }) => daysBetween(day, today) < days)
    return {
      formerUrl,
      closed,
      lastDay,
      quietDays: lastDay === null ? null : daysBetween(lastDay, today),
      requests7Days: total(since(7)),
      requests30Days: total(since(30)),
      requests: total(own),
      clients: byClient(since(30)),
    }
  })
  return rows.sort((a, b) => b.requests30Days - a.requests30Days || b.requests - a.requests)
}

/** For programs; names and meanings stay. */
export function legacyJson(hits: readonly LegacyHit[], data: MoveData, today: string): string {
  return `${JSON.stringify({ today, addresses: addressTraffic(hits, data, today), hits }, null, 2)}\n`
}

/** For the operator. */
export function legacyPage(site: Site, hits: readonly LegacyHit[], data: MoveData, today: string): string {
  const rows = addressTraffic(hits, data, today)
  const busy = rows.filter((one) => one.requests > 0)
  const content = html`<h1>Who still comes to former addresses</h1>
<p class="lead">${verdict(busy)}</p>
${
  busy.length === 0
    ? undefined
    : html`<div class="scroll"><table><thead><tr><th scope="col">Former address</th><th scope="col">Closed</th><th scope="col">Last request</th><th scope="col">7 days</th><th scope="col">30 days</th><th scope="col">All</th><th scope="col">Clients in 30 days</th></tr></thead><tbody>${busy.map(row)}</tbody></table></div>`
}
<p>${rows.length - busy.length} ${busy.length === 0 ? '' : 'more '}former addresses were never asked for. Days are counted in UTC, up to <time>${today}</time>.</p>
<p><a href="${pathOf(site)}/legacy?format=json">The same as JSON</a>, day by day.</p>`
  return page(site, 'Former addresses in use', '/legacy', content)
}

function verdict(busy: readonly AddressTraffic[]): string {
  const latest = busy.reduce<AddressTraffic | undefined>(
    (last, one) => (last === undefined || (one.lastDay ?? '') > (last.lastDay ?? '') ? one : last),
    undefined,
  )
  if (latest === undefined || latest.quietDays === null) return 'Nobody has come yet.'
  if (latest.quietDays >= quietEnough)
    return `Nobody has come for ${latest.quietDays} days: the former hosts can be switched off.`
  return `The last request came on ${latest.lastDay ?? ''}. After ${quietEnough} quiet days the former hosts can be switched off; ${quietEnough - latest.quietDays} are left if nobody comes.`
}

function row(one: AddressTraffic): Html {
  const clients = one.clients.map(({ client, requests }) => `${client} ${requests}`).join(', ')
  return html`<tr><td><code>${one.formerUrl}</code></td><td><time>${one.closed}</time></td><td><time>${one.lastDay}</time></td><td>${one.requests7Days}</td><td>${one.requests30Days}</td><td>${one.requests}</td><td>${clients}</td></tr>`
}

function byClient(hits: readonly LegacyHit[]): AddressTraffic['clients'] {
  const counts = new Map<string, number>()
  for (const { client, requests } of hits) counts.set(client, (counts.get(client) ?? 0) + requests)
  return [...counts].map(([client, requests]) => ({ client, requests })).sort((a, b) => b.requests - a.requests)
}

function total(hits: readonly LegacyHit[]): number {
  return hits.reduce((sum, { requests }) => sum + requests, 0)
}

function daysBetween(day: string, today: string): number {
  return Math.round((Date.parse(`${today}T00:00:00Z`) - Date.parse(`${day}T00:00:00Z`)) / 86_400_000)
}

function keyOf(url: string): string {
  const address = parseAddress(url)
  return address === undefined ? url : addressKey(address)
}
