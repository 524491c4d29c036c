// Kept reports of harvests → the page /harvests, and JSON.
import { counted } from '../core/counted.js'
import type { KeptReport } from '../registry/harvest-history.js'
import { subjectOf } from '../registry/harvest-report.js'
import type { QuarantineEntry } from '../registry/quarantine.js'
import { type Html, html } from './html.js'
import { page, pathOf, type Site } from './layout.js'
import { recordPath } from './services.js'

const tags = { green: 'good', yellow: 'moved', red: 'bad' } as const
const signs = { green: '·', yellow: '!', red: '×' } as const
const outcomes = { taken: 'taken in', unchanged: 'nothing new', held: 'held back', failed: 'failed' } as const
const shownRuns = 20
const shownRejected = 200

/** What is shown of one registry. */
interface RegistryHistory {
  readonly last: KeptReport
  /** Oldest first, the last one included. */
  readonly runs: readonly KeptReport[]
}

/** For people: what is red first, then yellow; below, what was set aside. */
export function harvestsPage(
  site: Site,
  history: readonly KeptReport[],
  quarantine: readonly QuarantineEntry[],
): string {
  const registries = registriesOf(history)
  const content =
    registries.length === 0
      ? html`<h1>Harvests</h1><p class="lead">No registry has been harvested yet; <code>waymark harvest --all</code> does it.</p>`
      : html`<h1>Harvests</h1>
<p class="lead">${lead(registries)}</p>
<div class="scroll"><table><thead><tr><th scope="col">Registry</th><th scope="col">Last harvest</th><th scope="col">When</th><th scope="col">Seen</th><th scope="col">New</th><th scope="col">Changed</th><th scope="col">Deleted</th><th scope="col">Rejected</th><th scope="col">Last ${shownRuns}</th></tr></thead><tbody>${registries.map((one) => row(site, one))}</tbody></table></div>
<p class="lead">Red: it failed or was held back, or a twentieth of the records was rejected that were not rejected before. Yellow: records were rejected, or something was odd. For programs: <a href="${pathOf(site)}/harvests?format=json">JSON</a>, and the table <code>waymark.harvest_run</code> of TAP.</p>
${quarantine.length === 0 ? undefined : rejectedTable(quarantine)}`
  return page(site, 'Harvests', '/harvests', content)
}

/** For programs: the last report of each registry, its history in short, and what was set aside. */
export function harvestsJson(history: readonly KeptReport[], quarantine: readonly QuarantineEntry[]): string {
  const registries = registriesOf(history).map(({ last, runs }) => ({
    ...last,
    history: runs.map(({ started, outcome, colour }) => ({ started, outcome, colour })),
  }))
  return `${JSON.stringify({ registries, setAside: quarantine }, null, 2)}\n`
}

function registriesOf(history: readonly KeptReport[]): readonly RegistryHistory[] {
  const groups = new Map<string, KeptReport[]>()
  for (const report of history) {
    const group = groups.get(subjectOf(report))
    if (group === undefined) groups.set(subjectOf(report), [report])
    else group.push(report)
  }
  const rank = { red: 0, yellow: 1, green: 2 } as const
  return [...groups.values()]
    .flatMap((runs) => {
      const last = runs.at(-1)
      return last === undefined ? [] : [{ last, runs: runs.slice(-shownRuns) }]
    })
    .sort((a, b) => rank[a.last.colour] - rank[b.last.colour] || (nameOf(a.last) < nameOf(b.last) ? -1 : 1))
}

function lead(registries: readonly RegistryHistory[]): string {
  const red = registries.filter(({ last }) => last.colour === 'red').length
  const yellow = registries.filter(({ last }) => last.colour === 'yellow').length
  if (red + yellow === 0)
    return registries.length === 1
      ? 'The registry was well when it was last harvested.'
      : `All ${counted(registries.length, 'registry', 'registries')} were well when they were last harvested.`
  const parts = [red > 0 ? `${red} red` : '', yellow > 0 ? `${yellow} yellow` : ''].filter((part) => part !== '')
  return `Of ${counted(registries.length, 'registry', 'registries')}, ${parts.join(' and ')}.`
}

function row(site: Site, { last, runs }: RegistryHistory): Html {
  const { registry, baseUrl, outcome, colour, error, warnings } = last
  const told = error === undefined ? warnings : [error.message]
  const extent = last.from === undefined ? last.extent : `since ${last.from}`
  return html`<tr><td>${registry === undefined ? baseUrl : html`<a href="${recordPath(site, registry)}">${nameOf(last)}</a>`}<br><code>${baseUrl}</code>${told.map((one) => html`<br>${one}`)}</td><td><span class="tag ${tags[colour]}">${outcomes[outcome]}</span>${extent === undefined ? undefined : html`<br><time>${extent}</time>`}</td><td><time datetime="${last.started}">${last.started.slice(0, 10)}<br>${last.started.slice(11, 16)} UTC</time><br>${last.seconds.toFixed(1)} s<br>${(last.bytes / 1e6).toFixed(1)} MB</td>${[last.seen, last.new, last.changed, last.deleted, last.rejected].map((count) => html`<td class="number">${count.toLocaleString('en')}</td>`)}<td>${strip(runs)}</td></tr>`
}

/** One sign for each run, and the same in words. */
function strip(runs: readonly KeptReport[]): Html {
  const good = runs.filter(({ colour }) => colour !== 'red').length
  return html`<code aria-hidden="true">${runs.map(({ colour }) => signs[colour]).join('')}</code><br>${good} of ${runs.length}`
}

function rejectedTable(quarantine: readonly QuarantineEntry[]): Html {
  const more = quarantine.length - shownRejected
  return html`<h2 id="set-aside">Set aside</h2>
<p>Records that were not taken in, with the reason; <code>waymark quarantine --xml</code> shows the documents.</p>
<div class="scroll"><table><thead><tr><th scope="col">Record</th><th scope="col">Reason</th><th scope="col">Source</th><th scope="col">Since</th></tr></thead><tbody>${quarantine
    .slice(0, shownRejected)
    .map(
      ({ ivoid, reason, source, noticed }) =>
        html`<tr><td>${ivoid ?? '(no name could be read)'}</td><td>${reason}</td><td>${source}</td><td><time datetime="${noticed}">${noticed.slice(0, 10)}</time></td></tr>`,
    )}</tbody></table></div>${more > 0 ? html`<p>And ${more} more.</p>` : undefined}`
}

function nameOf({ title, registry, baseUrl }: KeptReport): string {
  return title ?? registry ?? baseUrl
}
