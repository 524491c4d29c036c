// Counted requests at former addresses → the page /legacy, by which an operator sees when to switch a host off; and JSON.
import { counted } from '../core/counted.js'
import type { LegacyHit } from '../registry/legacy-hits.js'
import { addressKey, parseAddress } from '../registry/moves-address.js'
import type { MoveData } from '../registry/moves-lookup.js'
import { type Html, type HtmlPart, html } from './html.js'
import { dataTable, page, pathOf, type Site } from './layout.js'

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
    const lastDay = lastDayOf(own)
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

/** What is known about the requests for one former host, which is switched off as a whole. */
export interface HostTraffic {
  readonly host: string
  readonly lastDay: string | null
  readonly quietDays: number | null
  /** Days without a request that are left until it can be switched off; null while nobody has ever come. */
  readonly daysLeft: number | null
  /** Of the last 30 days, today last. */
  readonly requestsByDay: readonly number[]
}

/** One row for each former host, the busiest first. */
export function hostTraffic(hits: readonly LegacyHit[], data: MoveData, today: string): readonly HostTraffic[] {
  const byHost = new Map<string, LegacyHit[]>()
  for (const { formerUrl, kind } of data.addresses)
    if (kind !== 'mistake' && !byHost.has(hostOf(formerUrl))) byHost.set(hostOf(formerUrl), [])
  for (const hit of hits) {
    const known = byHost.get(hostOf(hit.formerUrl))
    if (known === undefined) byHost.set(hostOf(hit.formerUrl), [hit])
    else known.push(hit)
  }
  const rows = [...byHost].map(([host, own]): HostTraffic => {
    const lastDay = lastDayOf(own)
    const quietDays = lastDay === null ? null : daysBetween(lastDay, today)
    const requestsByDay = Array.from({ length: quietEnough }, () => 0)
    for (const { day, requests } of own) {
      const place = quietEnough - 1 - daysBetween(day, today)
      if (place >= 0 && place < quietEnough) requestsByDay[place] = (requestsByDay[place] ?? 0) + requests
    }
    const daysLeft = quietDays === null ? null : Math.max(0, quietEnough - quietDays)
    return { host, lastDay, quietDays, daysLeft, requestsByDay }
  })
  const sum = (one: HostTraffic): number => one.requestsByDay.reduce((all, count) => all + count, 0)
  return rows.sort((a, b) => sum(b) - sum(a) || (a.host < b.host ? -1 : 1))
}

/** For programs; names and meanings stay. */
export function legacyJson(hits: readonly LegacyHit[], data: MoveData, today: string): string {
  const hosts = hostTraffic(hits, data, today)
  return `${JSON.stringify({ today, hosts, addresses: addressTraffic(hits, data, today), hits }, null, 2)}\n`
}

/** For the operator. */
export function legacyPage(site: Site, hits: readonly LegacyHit[], data: MoveData, today: string): string {
  const rows = addressTraffic(hits, data, today)
  const busy = rows.filter((one) => one.requests > 0)
  const content = html`<h1>Who still comes to former addresses</h1>
<p class="lead">A former host can be switched off when nobody has come for ${quietEnough} days; ${verdict(busy)}</p>
${dataTable(['Former host', 'Can it be switched off?', 'Last request', `Requests by day, ${quietEnough} days`], hostTraffic(hits, data, today).map(hostRow))}
<h2>By address</h2>
${
  busy.length === 0
    ? undefined
    : dataTable(
        ['Former address', 'Closed', 'Last request', '7 days', '30 days', 'All', 'Clients in 30 days'],
        busy.map(addressRow),
      )
}
<p>${rows.length - busy.length} ${busy.length === 0 ? '' : 'more '}former addresses were never asked for. Days are counted in UTC, up to <time>${today}</time>.</p>
<p><a href="${pathOf(site)}/legacy?format=json">The same as JSON</a>, day by day and client by client.</p>`
  return page(site, 'Former addresses in use', '/legacy', content)
}

function verdict(busy: readonly AddressTraffic[]): string {
  const lastDay = busy.reduce<string>((last, one) => ((one.lastDay ?? '') > last ? (one.lastDay ?? '') : last), '')
  return lastDay === '' ? 'nobody has come yet.' : `the last request of all came on ${lastDay}.`
}

function hostRow({ host, lastDay, daysLeft, requestsByDay }: HostTraffic): readonly HtmlPart[] {
  const answer =
    daysLeft === null
      ? html`<span class="tag plain">nobody has come yet</span>`
      : daysLeft === 0
        ? html`<span class="tag good">yes</span>`
        : html`<span class="tag moved">in ${counted(daysLeft, 'day')}, if nobody comes</span>`
  return [
    html`<code>${host}</code>`,
    answer,
    lastDay === null ? undefined : html`<time>${lastDay}</time>`,
    bars(requestsByDay),
  ]
}

/** One bar for each day, and the same in words. */
function bars(requestsByDay: readonly number[]): Html {
  const most = Math.max(1, ...requestsByDay)
  const all = requestsByDay.reduce((sum, count) => sum + count, 0)
  const drawn = requestsByDay.map((count, day) => {
    const height = count === 0 ? 0.5 : Math.max(1.5, (14 * count) / most)
    return html`<rect x="${day * 4}" y="${(15 - height).toFixed(1)}" width="3" height="${height.toFixed(1)}"/>`
  })
  return html`<svg class="bars" viewBox="0 0 ${requestsByDay.length * 4} 15" preserveAspectRatio="none" role="img" aria-label="${counted(all, 'request')}, ${most === 1 ? 'one' : most} at most on a day" fill="currentColor">${drawn}</svg>`
}

function addressRow(one: AddressTraffic): readonly HtmlPart[] {
  const clients = one.clients.map(({ client, requests }) => `${client} ${requests}`).join(', ')
  const day = (text: string | null): Html | undefined => (text === null ? undefined : html`<time>${text}</time>`)
  return [
    html`<code>${one.formerUrl}</code>`,
    day(one.closed),
    day(one.lastDay),
    one.requests7Days,
    one.requests30Days,
    one.requests,
    clients,
  ]
}

function lastDayOf(hits: readonly LegacyHit[]): string | null {
  return hits.reduce<string | null>((last, { day }) => (last === null || day > last ? day : last), null)
}

function hostOf(url: string): string {
  return /^[\w.-]+/.exec(parseAddress(url)?.folded ?? '')?.[0] ?? url
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
