// RegTAP queries about one IVOID and their rows → everything the page of a record shows.
import type { Row } from '../core/sql.js'
import {
  adqlText,
  type FormerAddress,
  type RunQuery,
  type ServiceInterface,
  serviceDetails,
  text,
  textOrNull,
} from './catalog.js'

export interface RecordRole {
  readonly role: string
  readonly name: string
  readonly ivoid: string | null
  readonly email: string | null
}

export interface RecordRelationship {
  readonly type: string
  readonly relatedIvoid: string | null
  readonly relatedName: string | null
}

/** One active record as `rr` has it; its tables come from its document. */
export interface RecordView {
  readonly ivoid: string
  readonly title: string
  readonly shortName: string | null
  readonly description: string | null
  readonly referenceUrl: string | null
  readonly created: string | null
  readonly updated: string | null
  readonly contentTypes: readonly string[]
  readonly wavebands: readonly string[]
  readonly subjects: readonly string[]
  readonly creators: string | null
  readonly source: string | null
  readonly rights: string | null
  readonly rightsUri: string | null
  readonly roles: readonly RecordRole[]
  readonly interfaces: readonly ServiceInterface[]
  readonly formerAddresses: readonly FormerAddress[]
  readonly relationships: readonly RecordRelationship[]
}

/** What `rr` knows of an IVOID; undefined when no active record has it. */
export async function findRecord(ivoid: string, run: RunQuery): Promise<RecordView | undefined> {
  // RegTAP 1.2 §4.3: rr holds IVOIDs in lower case.
  const key = ivoid.toLowerCase()
  const only = `ivoid = ${adqlText(key)}`
  const [resources, details, roles, subjects, related] = await Promise.all([
    run(
      'SELECT ivoid, res_title, short_name, res_description, reference_url, created, updated, ' +
        `content_type, waveband, creator_seq, source_value, rights, rights_uri FROM rr.resource WHERE ${only}`,
    ),
    serviceDetails([key], run),
    run(`SELECT base_role, role_name, role_ivoid, email FROM rr.res_role WHERE ${only}`),
    run(`SELECT res_subject FROM rr.res_subject WHERE ${only} ORDER BY res_subject`),
    run(`SELECT relationship_type, related_id, related_name FROM rr.relationship WHERE ${only}`),
  ])
  const resource = resources[0]
  if (resource === undefined) return undefined
  const [, title, shortName, description, referenceUrl, created, updated, contentType, waveband] = resource
  const [creators, source, rights, rightsUri] = resource.slice(9)
  return {
    ivoid: key,
    title: textOrNull(title) ?? key,
    shortName: textOrNull(shortName),
    description: textOrNull(description),
    referenceUrl: textOrNull(referenceUrl),
    created: textOrNull(created),
    updated: textOrNull(updated),
    contentTypes: textOrNull(contentType)?.split('#') ?? [],
    wavebands: textOrNull(waveband)?.split('#') ?? [],
    subjects: subjects.map((row) => text(row[0])),
    creators: textOrNull(creators),
    source: textOrNull(source),
    rights: textOrNull(rights),
    rightsUri: textOrNull(rightsUri),
    roles: roles.map(roleOf),
    interfaces: details.interfaces.get(key) ?? [],
    formerAddresses: details.formerAddresses.get(key) ?? [],
    relationships: related.map((row) => ({
      type: text(row[0]),
      relatedIvoid: textOrNull(row[1]),
      relatedName: textOrNull(row[2]),
    })),
  }
}

function roleOf(row: Row): RecordRole {
  return { role: text(row[0]), name: text(row[1]), ivoid: textOrNull(row[2]), email: textOrNull(row[3]) }
}
