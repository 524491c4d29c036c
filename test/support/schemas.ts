// The official XML schemas, when the folder with them lies beside the project; tests that need them are skipped without.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { openSchemaSet, type SchemaDriver, type SchemaSet } from '../../src/xml/schema-validation.js'

/** The folder that may lie beside the project with schemas, real records and recorded queries. */
export const sharedFolder = fileURLToPath(new URL('../../../shared', import.meta.url))
export const hasShared = existsSync(sharedFolder)

const open = new Map<SchemaDriver, SchemaSet>()

/** Violations of a document against ../shared/xsd; call only when `hasShared`. */
export function schemaViolations(xml: string, driver: SchemaDriver = 'all'): readonly string[] {
  let set = open.get(driver)
  if (set === undefined) {
    set = openSchemaSet(`${sharedFolder}/xsd`, driver)
    open.set(driver, set)
  }
  return set.validate(xml).map((violation) => `line ${violation.line}: ${violation.message}`)
}
