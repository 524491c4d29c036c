// Results of examinations → the page /status, JSON, and metrics for Prometheus.
import { countOutcome, type DoctorResult } from '../registry/doctor-result.js'
import type { ProbedAddress, ProbePoint } from '../registry/probe-history.js'
import { type Html, type HtmlPart, html } from './html.js'
import { dataTable, page, pathOf, type Site } from './layout.js'
import { recordPath } from './services.js'

const words = { passed: 'good', warning: 'moved', failed: 'bad' } as const
const shownPoints = 30

/** For people: what is in use first, and of that what failed. */
export function statusPage(site: Site, addresses: readonly ProbedAddress[], examination?: DoctorResult): string {
  const present = sorted(addresses.filter(({ last }) => !last.isFormer))
  const former = addresses.filter(({ last }) => last.isFormer)
  const failed = present.filter(({ last }) => last.outcome === 'failed').length
  const content =
    addresses.length === 0
      ? html`<h1>Status of the services</h1><p class="lead">Nothing has been examined yet; <code>waymark check</code> does it.</p>`
      : html`<h1>Status of the services</h1>
<p class="lead">${failed === 0 ? 'All' : `${present.length - failed} of ${present.length}`} services answered when they were last examined.</p>
${dataTable(
  ['Service', 'Result', 'Answer', `Last ${shownPoints} checks`, 'Examined', 'Certificate'],
  present.map((one) => row(site, one)),
)}
${former.length === 0 ? undefined : html`<h2>Former addresses</h2><ul>${former.map(({ last }) => html`<li><code>${last.accessUrl}</code>: ${last.findings[0]?.message}</li>`)}</ul>`}
<p class="lead">For programs: <a href="${pathOf(site)}/status?format=json">JSON</a>, <a href="${pathOf(site)}/status?format=prometheus">metrics for Prometheus</a>.</p>`
  return page(site, 'Status', '/status', html`${content}${registrySection(examination)}`)
}

/** For programs: everything that is kept of results. */
export function statusJson(addresses: readonly ProbedAddress[], examination?: DoctorResult): string {
  const shown = addresses.map(({ last: { documents: _ownBusiness, ...last }, history }) => ({ ...last, history }))
  return `${JSON.stringify({ addresses: shown, registry: examination ?? null }, null, 2)}\n`
}

/** Text format 0.0.4 of Prometheus; addresses in use only. */
export function statusMetrics(addresses: readonly ProbedAddress[], examination?: DoctorResult): string {
  const present = addresses.filter(({ last }) => !last.isFormer)
  const metric = (name: string, help: string, value: (one: ProbedAddress) => number | undefined): string =>
    [
      `# HELP ${name} ${help}\n# TYPE ${name} gauge\n`,
      ...present.flatMap((one) => {
        const number = value(one)
        return number === undefined || Number.isNaN(number) ? [] : [`${name}{${labels(one)}} ${number}\n`]
      }),
    ].join('')
  return [
    metric('waymark_service_up', '1 when the service passed its last examination, also with warnings.', ({ last }) =>
      last.outcome === 'failed' ? 0 : 1,
    ),
    metric(
      'waymark_service_warnings',
      'Warnings of the last examination.',
      ({ last }) => last.findings.filter(({ outcome }) => outcome === 'warning').length,
    ),
    metric('waymark_service_latency_seconds', 'Time until the first byte of the test request.', ({ last }) =>
      last.latencyMs === null ? undefined : last.latencyMs / 1000,
    ),
    metric(
      'waymark_service_checked_timestamp_seconds',
      'Time of the last examination.',
      ({ last }) => Date.parse(last.time) / 1000,
    ),
    metric('waymark_service_certificate_expiry_timestamp_seconds', 'End of the certificate.', ({ last }) =>
      last.certificateExpires === null ? undefined : Date.parse(last.certificateExpires) / 1000,
    ),
    ...(examination === undefined
      ? []
      : [
          lone(
            'waymark_registry_failed_checks',
            'Checks that the registry itself failed.',
            countOutcome(examination, 'failed'),
          ),
          lone(
            'waymark_registry_warnings',
            'Warnings about the registry itself.',
            countOutcome(examination, 'warning'),
          ),
          lone(
            'waymark_registry_checked_timestamp_seconds',
            'Time when the registry itself was examined.',
            Date.parse(examination.time) / 1000,
          ),
        ]),
  ].join('')
}

function lone(name: string, help: string, value: number): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${name} ${value}\n`
}

/** How the registry itself does by the rules of the Registry of Registries; nothing before it was examined. */
function registrySection(examination: DoctorResult | undefined): Html | undefined {
  if (examination === undefined) return undefined
  const { passed, findings, time } = examination
  const failed = countOutcome(examination, 'failed')
  return html`<h2>The registry itself</h2>
<p>By the rules of the Registry of Registries ${passed} of ${passed + findings.length} checks passed and ${failed} failed, on <time datetime="${time}">${time.slice(0, 10)} ${time.slice(11, 16)} UTC</time>.</p>
${findings.length === 0 ? undefined : html`<ul>${findings.map(({ check, outcome, message }) => html`<li><span class="tag ${words[outcome]}">${outcome}</span> ${check}: ${message}</li>`)}</ul>`}`
}

function row(site: Site, { last, history }: ProbedAddress): readonly HtmlPart[] {
  const told = last.findings.filter(({ outcome }) => outcome !== 'passed')
  const title = last.ivoid === null ? last.title : html`<a href="${recordPath(site, last.ivoid)}">${last.title}</a>`
  return [
    html`${title}<br><code>${last.accessUrl}</code>${told.map((one) => html`<br>${one.check}: ${one.message}`)}`,
    html`<span class="tag ${words[last.outcome]}">${last.outcome === 'passed' ? 'ok' : last.outcome}</span>`,
    last.latencyMs === null ? undefined : `${last.latencyMs} ms`,
    strip(history),
    html`<time datetime="${last.time}">${last.time.slice(0, 10)}<br>${last.time.slice(11, 16)} UTC</time>`,
    last.certificateExpires === null ? undefined : html`<time>${last.certificateExpires}</time>`,
  ]
}

/** One sign for each examination, and the same in words. */
function strip(history: readonly ProbePoint[]): Html {
  const shown = history.slice(-shownPoints)
  const good = shown.filter(({ outcome }) => outcome !== 'failed').length
  const signs = shown.map(({ outcome }) => (outcome === 'failed' ? '×' : outcome === 'warning' ? '!' : '·')).join('')
  return html`<code aria-hidden="true">${signs}</code><br>${good} of ${shown.length}`
}

function sorted(addresses: readonly ProbedAddress[]): readonly ProbedAddress[] {
  const rank = { failed: 0, warning: 1, passed: 2 } as const
  return [...addresses].sort((a, b) => rank[a.last.outcome] - rank[b.last.outcome])
}

function labels({ last }: ProbedAddress): string {
  const pairs = { ivoid: last.ivoid ?? '', standard: last.standardId ?? '', access_url: last.accessUrl }
  return Object.entries(pairs)
    .map(
      ([name, value]) => `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`,
    )
    .join(',')
}
