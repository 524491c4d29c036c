// The records held → what is known to go wrong in registries: one list, a query for each kind.
import { joinSql, type Sql, sql } from '../core/sql.js'
import type { Engine } from '../engines/engine.js'
import { storedRecords } from './rebuild.js'

/** A kind of anomaly. */
export interface AnomalyKind {
  readonly name: string
  readonly severity: 'error' | 'warning'
  /** What is wrong, in a few words. */
  readonly title: string
  /** Where the rule comes from. */
  readonly rule: string
}

/** One finding: what it is about, and what was found. */
export interface Anomaly extends AnomalyKind {
  /** IVOID or authority. */
  readonly subject: string
  readonly detail: string
}

interface Check extends AnomalyKind {
  /** Two texts a row: subject and detail. */
  readonly query: Sql
}

/** Authorities and the registries that say they manage them. */
const managers = sql`(SELECT DISTINCT lower(detail_value) AS authority, ivoid AS registry FROM rr.res_detail
  WHERE detail_xpath = '/managedAuthority')`
const authority = sql`split_part(r.ivoid, '/', 3)`
/** As `counted` has it. */
const records = sql`CASE WHEN count(*) = 1 THEN '1 record' ELSE CAST(count(*) AS VARCHAR) || ' records' END`
/** Protocols of which two resources should not share an address; collections share one with `#aux`. */
const searchProtocols = joinSql(
  ['conesearch', 'sia', 'sia#query-2.0', 'ssa', 'slap', 'tap'].map((name) => sql`${`ivo://ivoa.net/std/${name}`}`),
)

const checks: readonly Check[] = [
  {
    name: 'duplicate-authority',
    severity: 'error',
    title: 'authorities that several registries manage',
    rule: 'Registry Interfaces 1.1 §3.1',
    query: sql`SELECT m.authority, string_agg(m.registry, ' ' ORDER BY m.registry) FROM ${managers} AS m
      GROUP BY m.authority HAVING count(*) > 1 ORDER BY 1`,
  },
  {
    name: 'unmanaged-authority',
    severity: 'error',
    title: 'records whose authority no registry manages',
    rule: 'Registry Interfaces 1.1 §2.6',
    query: sql`SELECT ${authority}, ${records} || ', as ' || min(r.ivoid) FROM rr.resource AS r
      WHERE ${authority} NOT IN (SELECT m.authority FROM ${managers} AS m) GROUP BY 1 ORDER BY 1`,
  },
  {
    name: 'authority-without-record',
    severity: 'warning',
    title: 'authorities without a vg:Authority record',
    rule: 'Registry Interfaces 1.1 §2.4',
    query: sql`SELECT ${authority}, ${records} || ', as ' || min(r.ivoid) FROM rr.resource AS r
      WHERE NOT EXISTS (SELECT 1 FROM rr.resource AS a WHERE a.res_type = 'vg:authority'
        AND a.ivoid = 'ivo://' || split_part(r.ivoid, '/', 3)) GROUP BY 1 ORDER BY 1`,
  },
  {
    name: 'foreign-origin',
    severity: 'warning',
    title: 'records that come from another registry than the one that manages their authority',
    rule: 'Registry Interfaces 1.1 §2.6',
    query: sql`SELECT d.folded_ivoid, 'comes from ' || d.origin FROM x.record AS d WHERE d.status = 'active'
      AND split_part(d.folded_ivoid, '/', 3) IN (SELECT m.authority FROM ${managers} AS m)
      AND NOT EXISTS (SELECT 1 FROM ${managers} AS m WHERE m.authority = split_part(d.folded_ivoid, '/', 3)
        AND m.registry = lower(d.origin)) ORDER BY 1`,
  },
  {
    name: 'registry-not-harvestable',
    severity: 'warning',
    title: 'registries without an address to harvest',
    rule: 'Registry Interfaces 1.1 §3.2',
    query: sql`SELECT r.ivoid, COALESCE(r.res_title, '') FROM rr.resource AS r WHERE r.res_type = 'vg:registry'
      AND NOT EXISTS (SELECT 1 FROM rr.capability AS c JOIN rr.interface AS i
        ON i.ivoid = c.ivoid AND i.cap_index = c.cap_index
        WHERE c.ivoid = r.ivoid AND c.cap_type = 'vg:harvest') ORDER BY 1`,
  },
  {
    name: 'registry-without-authority',
    severity: 'warning',
    title: 'registries that manage no authority',
    rule: 'Registry Interfaces 1.1 §3.2',
    query: sql`SELECT r.ivoid, COALESCE(r.res_title, '') FROM rr.resource AS r WHERE r.res_type = 'vg:registry'
      AND r.ivoid NOT IN (SELECT m.registry FROM ${managers} AS m) ORDER BY 1`,
  },
  {
    name: 'short-name-missing',
    severity: 'warning',
    title: 'resources without short name',
    rule: 'VOResource 1.1, good practice',
    query: sql`SELECT r.ivoid, COALESCE(r.res_title, '') FROM rr.resource AS r
      WHERE COALESCE(r.short_name, '') = '' ORDER BY 1`,
  },
  {
    name: 'short-name-too-long',
    severity: 'error',
    title: 'short names of more than 16 characters',
    rule: 'VOResource 1.1, schema',
    query: sql`SELECT r.ivoid, r.short_name FROM rr.resource AS r WHERE length(r.short_name) > 16 ORDER BY 1`,
  },
  {
    name: 'capability-without-interface',
    severity: 'warning',
    title: 'capabilities of a protocol without an address',
    rule: 'VOResource 1.1, good practice',
    query: sql`SELECT c.ivoid, c.standard_id FROM rr.capability AS c WHERE c.standard_id IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM rr.interface AS i WHERE i.ivoid = c.ivoid AND i.cap_index = c.cap_index)
      ORDER BY 1, 2`,
  },
  {
    name: 'access-url-not-http',
    severity: 'warning',
    title: 'access URLs that are neither http nor https',
    rule: 'VOResource 1.1, good practice',
    query: sql`SELECT i.ivoid, i.access_url FROM rr.interface AS i
      WHERE lower(i.access_url) NOT LIKE 'http://%' AND lower(i.access_url) NOT LIKE 'https://%' ORDER BY 1, 2`,
  },
  {
    name: 'access-url-local',
    severity: 'error',
    title: 'access URLs that nobody outside can reach',
    rule: 'VOResource 1.1, good practice',
    query: sql`SELECT i.ivoid, i.access_url FROM rr.interface AS i
      WHERE lower(split_part(split_part(i.access_url, '/', 3), ':', 1)) = 'localhost'
        OR split_part(i.access_url, '/', 3) LIKE '127.%' OR split_part(i.access_url, '/', 3) LIKE '10.%'
        OR split_part(i.access_url, '/', 3) LIKE '192.168.%' ORDER BY 1, 2`,
  },
  {
    name: 'duplicate-service',
    severity: 'warning',
    title: 'addresses of a protocol that several resources claim',
    rule: 'VOResource 1.1, good practice',
    query: sql`SELECT i.access_url, string_agg(DISTINCT i.ivoid, ' ' ORDER BY i.ivoid) FROM rr.interface AS i
      JOIN rr.capability AS c ON c.ivoid = i.ivoid AND c.cap_index = i.cap_index
      WHERE c.standard_id IN (${searchProtocols}) GROUP BY i.access_url HAVING count(DISTINCT i.ivoid) > 1 ORDER BY 1`,
  },
  {
    name: 'related-resource-unknown',
    severity: 'warning',
    title: 'relations to resources that are not here',
    rule: 'VOResource 1.1, good practice',
    query: sql`SELECT l.ivoid, l.relationship_type || ' ' || l.related_id FROM rr.relationship AS l
      WHERE l.related_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM x.record AS d
        WHERE d.folded_ivoid = lower(l.related_id) AND d.status <> 'deleted') ORDER BY 1, 2`,
  },
]

const schemaKind: AnomalyKind = {
  name: 'schema-invalid',
  severity: 'error',
  title: 'records that break their XML schemas',
  rule: 'Registry Interfaces 1.1 §3.2',
}

/** All kinds, in the order they are looked for; the schemas are asked only where there are any. */
export const anomalyKinds: readonly AnomalyKind[] = [...checks, schemaKind]

/** Everything found, kind by kind. `validate` gives what is wrong with a document by the schemas. */
export async function* findAnomalies(
  engine: Engine,
  validate?: (xml: string) => readonly { readonly message: string }[],
): AsyncGenerator<Anomaly> {
  for (const { query, name, severity, title, rule } of checks)
    for await (const rows of engine.query(query, { trusted: true }))
      for (const [subject, detail] of rows)
        yield { name, severity, title, rule, subject: String(subject), detail: String(detail ?? '') }
  if (validate === undefined) return
  for await (const record of storedRecords(engine)) {
    if (record.status !== 'active') continue
    const [first, ...others] = validate(record.xml)
    if (first === undefined) continue
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`
    yield { ...schemaKind, subject: record.ivoid, detail: `${record.origin}: ${first.message}${more}` }
  }
}
