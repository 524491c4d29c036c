// XML text + a folder of official XML schemas → violations with line and XPath. Offline; the schema files are not ours
// and do not ship with the program (ARCHITECTURE 8.3).
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { XmlDocument, XmlLibError, XmlValidateError, XsdValidator, xmlCleanupInputProvider } from 'libxml2-wasm'
import { xmlRegisterFsInputProviders } from 'libxml2-wasm/lib/nodejs.mjs'
import { RegistryError } from '../core/errors.js'

/** One place where a document breaks its schema. */
export interface SchemaViolation {
  /** From 1. */
  readonly line: number
  readonly message: string
}

/** Compiled schemas. Compiling takes about 0.6 s; a record then takes less than a millisecond. Dispose when done. */
export interface SchemaSet extends Disposable {
  /** What is wrong with the document; empty when it is valid. */
  validate(xml: string): readonly SchemaViolation[]
}

/** Which schemas: the Recommendations, those plus older namespaces, or the working drafts in their place. */
export type SchemaDriver = 'all' | 'all-legacy' | 'all-draft'

/**
 * Compiles the schemas of a folder that holds drivers such as `all.xsd`.
 * Throws kind `usage` when there is no such driver, `invalid` when the schemas themselves cannot be compiled.
 */
export function openSchemaSet(folder: string, driver: SchemaDriver = 'all'): SchemaSet {
  const path = join(folder, `${driver}.xsd`)
  if (!existsSync(path)) {
    throw new RegistryError(
      'usage',
      `There are no XML schemas at ${path}; expected a folder with ${driver}.xsd that imports them all.`,
    )
  }
  xmlRegisterFsInputProviders()
  const schemaDocument = XmlDocument.fromString(readFileSync(path, 'utf8'), { url: path })
  let validator: XsdValidator
  try {
    validator = XsdValidator.fromDoc(schemaDocument)
  } catch (error) {
    throw new RegistryError(
      'invalid',
      `The XML schemas of ${path} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    )
  } finally {
    schemaDocument.dispose()
    // From here on nothing that is validated can make the library open a file.
    xmlCleanupInputProvider()
  }
  return {
    validate: (xml) => violationsOf(xml, validator),
    [Symbol.dispose]: () => validator.dispose(),
  }
}

function violationsOf(xml: string, validator: XsdValidator): readonly SchemaViolation[] {
  let document: XmlDocument | undefined
  try {
    document = XmlDocument.fromString(xml)
    validator.validate(document)
    return []
  } catch (error) {
    if (error instanceof XmlValidateError || error instanceof XmlLibError) {
      return error.details.map((detail) => ({ line: detail.line, message: detail.message.trim() }))
    }
    throw error
  } finally {
    document?.dispose()
  }
}
