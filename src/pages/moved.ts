// Moves and the answer to a look-up → the page /moved, and a page for each move.
import type { Move, MoveAnswer, MoveChange, MoveData, MovedAddress } from '../registry/moves-lookup.js'
import { type Html, html } from './html.js'
import { copyable, dataTable, fact, page, pathOf, type Site, snippet } from './layout.js'
import { moveSentence } from './moved-answer.js'
import { recordPath } from './services.js'
import { registryLines } from './usage.js'

/** The look-up form, its answer if there is one, and the list of moves. */
export function movedPage(site: Site, data: MoveData, answer: MoveAnswer | undefined): string {
  const path = pathOf(site)
  const content = html`<h1>Where has it gone?</h1>
<p class="lead">Services move; old addresses live on in programs and notebooks. Paste one to see where it is now. Any spelling will do, also with a query behind it.</p>
<form class="row" method="get" action="${path}/moved">
<label class="grow">Former address<input type="text" inputmode="url" name="url" value="${answer?.url}" placeholder="http://vao.stsci.edu/…" autocomplete="off" autocapitalize="off" spellcheck="false" maxlength="4000" required></label>
<button type="submit">Look up</button>
</form>
${answer === undefined ? undefined : answerSection(site, answer)}
${moveList(site, data)}
<h2>For programs</h2>
<p>The same look-up as JSON or as plain text, with the new address alone on the first line:</p>
${snippet(`curl '${site.baseUrl}/moved?format=text&url=http://vao.stsci.edu/CAOMTAP/TapService.aspx/sync'`, 'command')}
<p><a href="${path}/moved/list">The whole list</a>, also as ${listLinks(site)}. It is also the table <code>waymark.moved_access_url</code> of the TAP service.</p>`
  return page(site, answer === undefined ? 'Moved addresses' : `Moved: ${answer.url.slice(0, 80)}`, '/moved', content)
}

/** Everything about one move. */
export function movePage(site: Site, move: Move, data: MoveData): string {
  const addresses = data.addresses.filter((one) => one.moveId === move.moveId)
  const changes = data.changes.filter((one) => one.moveId === move.moveId)
  const content = html`<h1>${move.title}</h1>
${(move.reason ?? '').split(/\n\s*\n/).map((paragraph) => html`<p>${paragraph}</p>`)}
<section class="card"><dl class="facts">
${fact('Announced', move.announced)}
${fact('Both answered from', move.bothServeFrom)}
${fact('Closed', move.closed)}
</dl></section>
<h2>Addresses</h2>
${addressTable(site, addresses)}
${changes.length === 0 ? undefined : html`<h2>What else changed</h2>${changeTable(changes)}`}`
  return page(site, move.title, '/moved', content)
}

/** Every former address, move by move. */
export function moveListPage(site: Site, data: MoveData): string {
  const content = html`<h1>All former addresses</h1>
<p class="lead">For programs: ${listLinks(site)}.</p>
${addressTable(site, data.addresses)}`
  return page(site, 'All former addresses', '/moved', content)
}

function answerSection(site: Site, answer: MoveAnswer): Html {
  const good = answer.status === 'present'
  const bad = answer.status === 'not-an-address' || answer.status === 'unknown'
  const notes = answer.steps.filter((step) => step.note !== null)
  const moves = [...new Set(answer.steps.flatMap((step) => (step.move === undefined ? [] : [step.move])))]
  const wholeUrl = answer.newUrl
  return html`<section class="card" aria-live="polite">
<div class="notice ${good ? 'good' : bad ? 'bad' : 'moved'}"><p>${moveSentence(answer)}</p></div>
<dl class="facts">
${fact('You asked for', html`<code>${answer.url}</code>`)}
${fact('Address now', wholeUrl === null ? undefined : copyable(wholeUrl, { label: 'new address' }))}
${fact('Service', answer.accessUrl === null || answer.accessUrl === wholeUrl ? undefined : copyable(answer.accessUrl, { label: 'address of the service' }))}
${fact('Resource', answer.ivoid === null ? undefined : html`<a href="${recordPath(site, answer.ivoid)}">${answer.title ?? answer.ivoid}</a>`)}
${fact('Identifier', answer.ivoid === null ? undefined : copyable(answer.ivoid, { label: 'identifier' }))}
${fact('On the way', answer.steps.length < 2 ? undefined : html`<ol>${answer.steps.map((step) => html`<li><code>${step.from}</code> → <code>${step.to}</code></li>`)}</ol>`)}
${fact('Part of', moves.length === 0 ? undefined : moves.map((move) => html`<a href="${pathOf(site)}/moved/${move.moveId}">${move.title}</a> `))}
${fact('Note', notes.length === 0 ? undefined : notes.map((step) => html`<p>${step.note}</p>`))}
</dl>
${answer.changes.length === 0 ? undefined : html`<h3>What else changed</h3>${changeTable(answer.changes)}`}
${
  answer.ivoid === null || answer.status === 'gone'
    ? undefined
    : html`<h3>Better than a new fixed address</h3><p>Look the service up by its identifier; then the next move needs no change at all.</p>${snippet(registryLines(site.baseUrl, answer.ivoid), 'lines for pyvo')}`
}
</section>`
}

function moveList(site: Site, data: MoveData): Html {
  if (data.moves.length === 0) return html`<h2>Moves</h2>${addressTable(site, data.addresses)}`
  const others = data.addresses.filter((one) => one.moveId === null)
  return html`<h2>Moves</h2>
${data.moves.map(
  (move) => html`<article class="card"><h2><a href="${pathOf(site)}/moved/${move.moveId}">${move.title}</a></h2>
<p>${(move.reason ?? '').split(/\n\s*\n/)[0]}</p>
${moveDays(move)}</article>`,
)}
${others.length === 0 ? undefined : html`<h2>Other former addresses</h2>${addressTable(site, others)}`}`
}

function moveDays(move: Move): Html | undefined {
  const { announced, closed } = move
  if (announced === null && closed === null) return undefined
  return html`<p class="tags">${announced === null ? undefined : html`<span class="tag plain">announced ${announced}</span>`}${closed === null ? undefined : html`<span class="tag moved">closed ${closed}</span>`}</p>`
}

const kindWords = { service: undefined, page: 'page', successor: 'other protocol', mistake: 'never was one' } as const

function addressTable(site: Site, addresses: readonly MovedAddress[]): Html {
  const rows = distinctSpellings(addresses).map((one) => [
    html`<a href="${pathOf(site)}/moved?url=${encodeURIComponent(one.formerUrl)}"><code>${one.formerUrl}</code></a>${
      kindWords[one.kind] === undefined ? undefined : html` <span class="tag plain">${kindWords[one.kind]}</span>`
    }`,
    one.nextUrl === null ? 'no replacement known' : html`<code>${one.nextUrl}</code>`,
    one.closed,
  ])
  return dataTable(['Former address', 'Now', 'Closed'], rows)
}

/** One row for spellings that differ in scheme and case only. */
function distinctSpellings(addresses: readonly MovedAddress[]): readonly MovedAddress[] {
  const byKey = new Map<string, MovedAddress>()
  for (const one of addresses) {
    const key = one.formerUrl.toLowerCase().replace(/^https?:/, '')
    if (!byKey.has(key) || one.formerUrl.startsWith('https:')) byKey.set(key, one)
  }
  return [...byKey.values()]
}

function changeTable(changes: readonly MoveChange[]): Html {
  const code = (text: string | null): Html | undefined => (text === null ? undefined : html`<code>${text}</code>`)
  const rows = changes.map((one) => [one.what, code(one.former), code(one.present) ?? '–', one.note])
  return dataTable(['What', 'Before', 'Now', 'Note'], rows)
}

function listLinks(site: Site): Html {
  const link = (format: string, name: string): Html =>
    html`<a href="${pathOf(site)}/moved/list?format=${format}">${name}</a>`
  return html`${link('json', 'JSON')}, ${link('csv', 'CSV')}, ${link('votable', 'VOTable')}`
}
