// Loaded descriptors → everything the standards and good practice have to say about them.
import { foldIvoid } from '../core/ivoid.js'
import { type Finding, sortFindings } from './finding.js'
import type { LoadedDescriptor, LoadedResources } from './load.js'
import { resourceRules, setRules } from './rules/index.js'
import { toldByCatalogs } from './rules/practice.js'
import type { Fault } from './rules/rule.js'
import type { VocabularySource } from './vocabulary-files.js'

/**
 * All findings about a folder of descriptors: those of loading (form and schema), the standards' rules, good practice.
 * Severity `error` means that it must not be published. With `today` (as 2024-10-18, in UTC), dates that lie ahead are
 * named too. Terms are held against the shipped vocabularies unless others are given.
 */
export function validateResources(
  loaded: LoadedResources,
  today?: string,
  vocabularies?: VocabularySource,
): readonly Finding[] {
  const findings: Finding[] = [...loaded.findings]
  const rules = resourceRules(today, vocabularies)
  const report = (resource: LoadedDescriptor, fault: Fault) => findings.push(toFinding(resource, fault))
  const hosts = servicesOfCatalogs(loaded.descriptors)
  for (const resource of loaded.descriptors) {
    const isHost = hosts.has(foldIvoid(resource.ivoid))
    for (const rule of rules)
      rule(resource.descriptor, (fault) => {
        if (!isHost || !toldByCatalogs.has(fault.rule)) report(resource, fault)
      })
  }
  for (const rule of setRules) rule(loaded.descriptors, report)
  return sortFindings(findings)
}

/** Folded IVOIDs of services that other resources name as theirs. */
function servicesOfCatalogs(resources: readonly LoadedDescriptor[]): ReadonlySet<string> {
  return new Set(
    resources.flatMap(({ descriptor }) =>
      'servedBy' in descriptor && descriptor.servedBy !== undefined ? [foldIvoid(descriptor.servedBy)] : [],
    ),
  )
}

function toFinding(resource: LoadedDescriptor, { part, ...fault }: Fault): Finding {
  return { ...resource.locate(fault.pointer, part), ...fault }
}
