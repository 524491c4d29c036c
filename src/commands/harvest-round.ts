// Names of registries and the settings → a round of harvests, now or by schedule, and who is told when one turns red.

import { join } from 'node:path'
import type { Config } from '../config.js'
import { counted } from '../core/counted.js'
import { RegistryError } from '../core/errors.js'
import { authorityOf, isIvoid, sameIvoid } from '../core/ivoid.js'
import { type HarvestOptions, type HarvestParts, harvestRegistries } from '../registry/harvest.js'
import {
  type Directory,
  directoryFile,
  heldAddress,
  knownDirectory,
  readDirectory,
} from '../registry/harvest-directory.js'
import { harvestFetch } from '../registry/harvest-fetch.js'
import { harvestHistoryFile, latestReports, publishHistory, readHarvestHistory } from '../registry/harvest-history.js'
import { notification, notify, turnedRed } from '../registry/harvest-notify.js'
import { latestRuns } from '../registry/harvest-progress.js'
import type { HarvestReport } from '../registry/harvest-report.js'
import { isPublicAddress } from '../tap/addresses.js'
import type { OpenRegistry } from '../wire.js'
import { startSchedule } from './schedule.js'
import { version } from './version.js'

/** Share of a registry's records that a full harvest may remove, in percent, where nothing else is said. */
export const usualRemovalsPercent = 5

export interface RoundOptions extends Omit<HarvestOptions, 'atOnce' | 'fullAfterDays'> {
  readonly signal?: AbortSignal
  /** Something the operator should know that belongs to no registry. */
  readonly onNotice: (notice: string) => void
}

/** Harvests registries at these addresses, keeps and publishes the reports, and tells of those that turned red. */
export async function harvestRound(
  open: OpenRegistry,
  config: Config,
  baseUrls: readonly string[],
  options: RoundOptions,
): Promise<readonly HarvestReport[]> {
  const { signal, onNotice, ...chosen } = options
  const parts = harvestParts(open, config, signal)
  const before = latestReports(await readHarvestHistory(parts.history))
  const reports = await harvestRegistries(parts, baseUrls, {
    ...chosen,
    atOnce: config.harvestAtOnce,
    fullAfterDays: config.harvestFullDays,
  })
  await publishHistory(parts.history, parts.engine, parts.schemas)
  const red = turnedRed(reports, before)
  if (red.length > 0) {
    const { client, own } = parts
    const how = { url: config.notifyUrl, command: config.notifyCommand, fetch, userAgent: client.userAgent }
    for (const problem of await notify(notification(red, own), how)) onNotice(problem)
  }
  return reports
}

/** Base URLs of registries named by base URL or IVOID. Throws kind `usage` or `not-found`. */
export async function addressesOf(
  open: OpenRegistry,
  config: Config,
  names: readonly string[],
): Promise<readonly string[]> {
  let directory: Directory | undefined
  const addresses: string[] = []
  for (const name of names) {
    if (!isIvoid(name)) {
      addresses.push(checkAddress(name))
      continue
    }
    const before = (await latestRuns(open.registry.engine)).find(({ registry }) => sameIvoid(registry, name))
    const held = before?.baseUrl ?? (await heldAddress(open.registry.engine, name))
    directory ??= held === undefined ? await listRegistries(open, config) : undefined
    const found = held ?? directory?.registries.find(({ ivoid }) => sameIvoid(ivoid, name))?.baseUrl
    if (found === undefined)
      throw new RegistryError(
        'not-found',
        `${name} is neither a registry among our records nor in the list of ${config.registryOfRegistries}; name it by its OAI-PMH base URL.`,
      )
    addresses.push(found)
  }
  return [...new Set(addresses)]
}

/** All registries of the Registry of Registries but ourselves, with where the list comes from. */
export async function listRegistries(open: OpenRegistry, config: Config): Promise<Directory> {
  const { client, clock, own } = harvestParts(open, config)
  const path = join(config.state, directoryFile)
  const baseUrl = config.registryOfRegistries
  const directory = await (baseUrl === ''
    ? knownDirectory(path)
    : readDirectory({ baseUrl: checkAddress(baseUrl), client: { ...client, retries: 1 }, path, clock }))
  return { ...directory, registries: directory.registries.filter(({ ivoid }) => !sameIvoid(ivoid, own)) }
}

/** What to say of a list that is not of today. */
export function directoryNotice({ source, since, problem, registries }: Directory): string | undefined {
  if (source === 'listed') return undefined
  const what = source === 'kept' ? `the list of ${since}` : 'the list that came with the program'
  return `${problem === undefined ? '' : `${problem} `}Using ${what}, ${counted(registries.length, 'registry', 'registries')}.`
}

/** Harvests by schedule, while serving. Throws kind `usage` when the schedule is none. */
export function startHarvestSchedule(open: OpenRegistry, config: Config): Disposable {
  const { log } = open.registry
  return startSchedule({
    name: 'harvests',
    times: config.harvestSchedule,
    example: '40 */6 * * *',
    run: async (signal) => {
      const reports = await harvestRound(open, config, await scheduledAddresses(open, config), {
        isFull: false,
        allowRemovalsPercent: usualRemovalsPercent,
        signal,
        onNotice: (notice) => log.warn(notice),
      })
      for (const { colour, baseUrl, error } of reports)
        if (colour === 'red') log.error({ registry: baseUrl, reason: error?.message }, 'a harvest turned red')
    },
    onFailure: (thrown) => log.error({ err: thrown }, 'a harvest failed'),
  })
}

async function scheduledAddresses(open: OpenRegistry, config: Config): Promise<readonly string[]> {
  const chosen = config.harvestRegistries.trim()
  if (chosen === '') return (await latestRuns(open.registry.engine)).map(({ baseUrl }) => baseUrl)
  if (chosen.toLowerCase() === 'all')
    return (await listRegistries(open, config)).registries.map(({ baseUrl }) => baseUrl)
  return addressesOf(
    open,
    config,
    chosen.split(/[\s,]+/).filter((name) => name !== ''),
  )
}

function harvestParts(open: OpenRegistry, config: Config, signal?: AbortSignal): HarvestParts {
  const { engine, tables, ivoid, clock, vocabularies } = open.registry
  const { descriptors } = open.resources
  const self = descriptors.find((one) => one.ivoid === ivoid)?.descriptor
  const managed = self?.type === 'vg:Registry' ? (self.managedAuthorities ?? []) : []
  const email = self !== undefined && 'contacts' in self ? self.contacts[0]?.email : undefined
  return {
    engine,
    schemas: tables,
    vocabularies,
    own: ivoid,
    ownAuthorities: [...managed, ...descriptors.map((one) => authorityOf(one.ivoid))],
    clock,
    client: {
      fetch: harvestFetch(fetch, isPublicAddress),
      userAgent: `Waymark/${version} harvest (${ivoid}${email === undefined ? '' : `; ${email}`})`,
      maxResponseBytes: config.harvestMaxBytes,
      ...(signal === undefined ? {} : { signal }),
    },
    spool: join(config.state, 'harvests'),
    history: join(config.state, harvestHistoryFile),
  }
}

function checkAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.hash === '' && !url.searchParams.has('verb'))
    return text
  throw new RegistryError(
    'usage',
    `"${text.slice(0, 200)}" is not the address of a registry; expected its OAI-PMH base URL, http://… or https://… without verb, or its IVOID.`,
  )
}
