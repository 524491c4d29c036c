// An imported descriptor → what `validate` will say about it, before it is a file.
import type { Finding } from '../voresource/finding.js'
import { LocatedValue } from '../voresource/merge.js'
import { type Descriptor, resourceType } from '../voresource/resource-types/index.js'
import { resourceRules } from '../voresource/rules/index.js'
import { SchemaChecker } from '../voresource/schema-check.js'

/** The findings about one descriptor that stands alone; the places in them are JSON pointers. */
export function judge(descriptor: Descriptor, checker: SchemaChecker = new SchemaChecker()): readonly Finding[] {
  const shape = resourceType(descriptor.type)?.shape ?? {}
  const located = new LocatedValue(descriptor, new Map())
  const ofForm = checker.check(shape, located)
  // Rules count on the form; what has not got it is for the schema to say first.
  if (ofForm.length > 0) return ofForm
  const findings: Finding[] = []
  // Rules about several resources need the folder that the file will lie in.
  for (const rule of resourceRules())
    rule(descriptor, (fault) => findings.push({ ...located.locate(fault.pointer), ...fault }))
  return findings
}
