// rr.capability, rr.relationship and rr.res_table → rr.tap_table: which service answers queries on which table
// (RegTAP 1.2 §8.18). The only table that needs more than one record to make a row.
import { type Sql, sql } from '../core/sql.js'

const tap = 'ivo://ivoa.net/std/tap'
const auxiliary = 'ivo://ivoa.net/std/tap#aux'

/**
 * All rows the table should have. A table belongs to a TAP service when the service's record declares it, or when a
 * record with the auxiliary capability declares it and says that the service serves it. Where both do, the dedicated
 * record wins; of several, the first by identifier.
 */
const wanted: Sql = sql`
  SELECT resid, svcid, table_name, table_title, table_description, table_utype
  FROM (
    SELECT offered.*, row_number() OVER (
      PARTITION BY svcid, table_name ORDER BY is_direct, resid, table_index
    ) AS choice
    FROM (
      SELECT t.ivoid AS resid, t.ivoid AS svcid, 1 AS is_direct,
        t.table_name, t.table_title, t.table_description, t.table_utype, t.table_index, t.table_type
      FROM rr.res_table AS t
      WHERE t.ivoid IN (SELECT ivoid FROM rr.capability WHERE standard_id = ${tap})
      UNION ALL
      SELECT t.ivoid AS resid, r.related_id AS svcid, 0 AS is_direct,
        t.table_name, t.table_title, t.table_description, t.table_utype, t.table_index, t.table_type
      FROM rr.res_table AS t
      JOIN (
        SELECT DISTINCT ivoid, related_id FROM rr.relationship WHERE relationship_type = 'isservedby'
      ) AS r ON t.ivoid = r.ivoid
      WHERE t.ivoid IN (SELECT ivoid FROM rr.capability WHERE standard_id = ${auxiliary})
        AND r.related_id IN (SELECT ivoid FROM rr.capability WHERE standard_id = ${tap})
    ) AS offered
    WHERE table_name IS NOT NULL AND (table_type IS NULL OR table_type <> 'output')
  ) AS ranked
  WHERE choice = 1`

/** Statements that bring rr.tap_table up to date; rows that are right already stay where they are. */
export const refreshTapTable: readonly Sql[] = [
  sql`DELETE FROM rr.tap_table AS present WHERE NOT EXISTS (
    SELECT 1 FROM (${wanted}) AS wanted
    WHERE wanted.svcid = present.svcid AND wanted.table_name = present.table_name AND wanted.resid = present.resid
      AND wanted.table_title IS NOT DISTINCT FROM present.table_title
      AND wanted.table_description IS NOT DISTINCT FROM present.table_description
      AND wanted.table_utype IS NOT DISTINCT FROM present.table_utype)`,
  sql`INSERT INTO rr.tap_table
    SELECT * FROM (${wanted}) AS wanted WHERE NOT EXISTS (
      SELECT 1 FROM rr.tap_table AS present
      WHERE wanted.svcid = present.svcid AND wanted.table_name = present.table_name)`,
]
