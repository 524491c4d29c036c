// The resources folder → everything look-ups of former addresses need, without a database.
import { existsSync } from 'node:fs'
import { type Config, readConfig } from '../config.js'
import { projectPath } from '../core/project-files.js'
import { publishedAddresses } from '../registry/moves-history.js'
import type { MoveData } from '../registry/moves-lookup.js'
import { collectMoves } from '../registry/moves-rows.js'
import { movableResources } from '../registry/moves-source.js'
import { throwIfErrors } from '../voresource/finding.js'
import { buildResources, checkResources } from '../wire.js'

/** Moves as the descriptors and move files of a folder tell them. */
export interface LocalMoves extends MoveData {
  /** Standard of each service by its present address, as `ivo://ivoa.net/std/tap`. */
  readonly standards: ReadonlyMap<string, string>
  /** The records as they would be published. */
  readonly records: readonly { readonly ivoid: string; readonly title: string; readonly xml: string }[]
}

/**
 * Reads the moves of the resources folder; away from home, of the folder that ships with the program.
 * Throws a DescriptorError when a file breaks a rule.
 */
export async function readLocalMoves(given: Config): Promise<LocalMoves> {
  const isDefault = given.resources === readConfig({}, {}).resources
  const config = isDefault && !existsSync(given.resources) ? { ...given, resources: projectPath('resources') } : given
  const resources = await checkResources(config)
  throwIfErrors(resources.findings)
  const built = buildResources(resources.descriptors, config)
  const services = built.flatMap(({ ivoid, xml, descriptor }) =>
    publishedAddresses(ivoid, xml).map((one) => ({ ...one, title: descriptor.title })),
  )
  return {
    ...collectMoves(movableResources(built), resources.moves),
    records: built.map(({ ivoid, descriptor, xml }) => ({ ivoid, title: descriptor.title, xml })),
    present: services.map(({ ivoid, title, accessUrl }) => ({ ivoid, title, accessUrl })),
    standards: new Map(
      services.flatMap(({ accessUrl, standardId }) => (standardId === null ? [] : [[accessUrl, standardId] as const])),
    ),
  }
}
