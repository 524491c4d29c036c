// Registries with folders of their own, each run by the built program; and what one publishes, as a harvester sees it.
import { join } from 'node:path'
import { type RunningServer, startServer } from './program.js'

/** A registry with its own folders, and the server that runs on them. */
export interface Site {
  readonly resources: string
  readonly state: string
  readonly server: RunningServer
}

/** A record as it stands in a list. */
export interface PublishedRecord {
  readonly datestamp: string
  readonly xml: string
}

/** Starts a registry below `folder`; `prepare` fills its folder of resources. */
export async function openSite(folder: string, name: string, prepare: (resources: string) => void): Promise<Site> {
  const resources = join(folder, name)
  const state = join(folder, `${name}-state`)
  prepare(resources)
  return { resources, state, server: await startServer('--resources', resources, '--state', state) }
}

/** The flags by which a command works on the folders of a registry. */
export function settingsOf({ resources, state, server }: Site): readonly string[] {
  return ['--resources', resources, '--state', state, '--base-url', server.address]
}

/** What a registry serves of its own or of all, by IVOID. */
export async function listRecords(site: Site, set = ''): Promise<ReadonlyMap<string, PublishedRecord>> {
  const answer = await fetch(`${site.server.address}/oai?verb=ListRecords&metadataPrefix=ivo_vor${set}`)
  const records = (await answer.text()).matchAll(
    /<header><identifier>([^<]+)<\/identifier><datestamp>([^<]+)<.*?(<ri:Resource.*?<\/ri:Resource>)/gs,
  )
  return new Map([...records].map(([, ivoid = '', datestamp = '', xml = '']) => [ivoid, { datestamp, xml }]))
}
