// Capabilities and their interfaces (VOResource 1.2 §2.2.8, §3.2.2; TAPRegExt 1.0 §2; ADQL 2.1 §4).
import { readFragment } from '../../xml/writer.js'
import type { Capability } from '../capabilities/index.js'
import type { TableAccess } from '../capabilities/table-access.js'
import { partsOf, quoted, type Report, type ResourceRule } from './rule.js'

/** Each capability can be reached, in one of the ways its standard knows. */
export const reachable: ResourceRule = (descriptor, report) => {
  for (const [index, capability] of partsOf(descriptor).capabilities.entries()) {
    const pointer = `/capabilities/${index}`
    const interfaces = capability.interfaces ?? []
    if (capability.self !== true && capability.accessUrl === undefined && interfaces.length === 0) {
      report({
        pointer,
        rule: 'access-url',
        severity: 'error',
        message: `the capability ${capability.type} has no address`,
        hint: 'add accessUrl (or interfaces)',
      })
    }
    for (const [at, one] of interfaces.entries()) {
      // M-025: vr:WebService is for SOAP services with a WSDL.
      if (one.type === 'vr:WebService' && (one.wsdlUrls ?? []).length === 0)
        report({
          pointer: `${pointer}/interfaces/${at}`,
          rule: 'web-service',
          severity: 'error',
          message: 'a vr:WebService has no WSDL',
          hint: 'add wsdlUrls, or take vs:ParamHTTP',
        })
    }
    // S-012: searches for a standard look at interfaces with role std only.
    const isStandard =
      !['web-browser', 'doc:Edition', 'vosi'].includes(capability.type) &&
      (capability.type !== 'vr:Capability' || capability.standardId !== undefined)
    if (
      isStandard &&
      capability.accessUrl === undefined &&
      interfaces.length > 0 &&
      !interfaces.some((one) => one.role?.startsWith('std'))
    )
      report({
        pointer: `${pointer}/interfaces`,
        rule: 'role-std',
        severity: 'warning',
        message: `no interface of ${capability.type} has the role std`,
        hint: 'add role: std, or searches will not find it',
      })
  }
}

/** Extension fragments are well-formed XML. */
export const extensions: ResourceRule = (descriptor, report) => {
  checkFragment(descriptor.extension, '/extension', report)
  checkFragment(partsOf(descriptor).coverage?.stc, '/coverage/stc', report)
  for (const [index, { extension, interfaces }] of partsOf(descriptor).capabilities.entries()) {
    checkFragment(extension, `/capabilities/${index}/extension`, report)
    for (const [at, one] of (interfaces ?? []).entries())
      checkFragment(one.extension, `/capabilities/${index}/interfaces/${at}/extension`, report)
  }
}

function checkFragment(xml: string | undefined, pointer: string, report: Report): void {
  if (xml === undefined) return
  try {
    readFragment(xml)
  } catch (error) {
    const message = `the extension is no XML: ${error instanceof Error ? error.message : String(error)}`
    report({
      pointer,
      rule: 'extension',
      severity: 'error',
      message,
      hint: 'write whole elements; prefixes of the IVOA need no declaration',
    })
  }
}

/** A TAP capability says what a client must know to send a query (M-039 to M-044). */
export const tapComplete: ResourceRule = (descriptor, report) => {
  const taps = partsOf(descriptor).capabilities.flatMap((capability, index) =>
    capability.type === 'tr:TableAccess' ? [{ capability, pointer: `/capabilities/${index}` }] : [],
  )
  for (const { capability, pointer } of taps) checkTap(capability, pointer, report)
  // TAP 1.1 §2.4
  const second = taps[1]
  if (second !== undefined)
    report({
      pointer: second.pointer,
      rule: 'tap-once',
      severity: 'error',
      message: 'a service has one TAP capability; this is the second',
      hint: 'describe a second service in a descriptor of its own',
    })
}

function checkTap(tap: TableAccess, pointer: string, report: Report): void {
  if (tap.self !== true) {
    for (const key of ['languages', 'outputFormats'] as const) {
      if (tap[key] === undefined)
        report({
          pointer,
          rule: 'tap-complete',
          severity: 'error',
          message: `${key} is missing in tr:TableAccess`,
          hint: `add ${key}, here or under capabilityDefaults in site.yaml`,
        })
    }
  }
  const formats = tap.outputFormats?.map((format) => (typeof format === 'string' ? format : format.mime))
  if (formats !== undefined && !formats.some((mime) => /votable|^(text|application)\/xml/i.test(mime)))
    report({
      pointer: `${pointer}/outputFormats`,
      rule: 'tap-votable',
      severity: 'warning',
      message: 'VOTable is not among the output formats',
      hint: 'every TAP service gives application/x-votable+xml',
    })
  if (tap.uploadMethods !== undefined && tap.uploadMethods.length > 0 && !tap.uploadMethods.includes('inline'))
    report({
      pointer: `${pointer}/uploadMethods`,
      rule: 'tap-upload',
      severity: 'warning',
      message: 'uploads are offered, but not inline ones',
      hint: 'add inline (TAP 1.1 §2.5)',
    })
  if (tap.accessUrl !== undefined && /\/(sync|async)?\/?$|\?/.test(tap.accessUrl))
    report({
      pointer: `${pointer}/accessUrl`,
      rule: 'tap-base',
      severity: 'warning',
      message: `${tap.accessUrl} is not the base of a TAP service`,
      hint: 'clients append /sync and /async: leave out a last slash, /sync and query',
    })
  for (const [l, language] of (tap.languages ?? []).entries()) {
    for (const [f, feature] of (language.features?.udf ?? []).entries()) {
      const form = typeof feature === 'string' ? feature : feature.form
      if (!udfPattern.test(form))
        report({
          pointer: `${pointer}/languages/${l}/features/udf/${f}`,
          rule: 'udf-form',
          severity: 'error',
          message: `${quoted(form)} is no signature of a function`,
          hint: 'write name(argument TYPE, …) -> TYPE',
        })
    }
  }
}

/** ADQL 2.1 §4.3.2 */
const udfPattern =
  /^[A-Za-z]\w*\s*\(\s*(?:[A-Za-z]\w*(?:\s+[^,()]+(?:\([^)]*\))?)?(?:\s*,\s*[A-Za-z]\w*(?:\s+[^,()]+(?:\([^)]*\))?)?)*)?\s*\)\s*->\s*\S.*$/

/** Interfaces that people use stay out of capabilities of a standard; mirrors are the publisher's own (S-013, M-022). */
export const interfacesFit: ResourceRule = (descriptor, report) => {
  for (const [index, capability] of partsOf(descriptor).capabilities.entries()) {
    const pointer = `/capabilities/${index}`
    const isOfStandard =
      !['web-browser', 'doc:Edition', 'vosi', 'hips'].includes(capability.type) && standardOf(capability) !== undefined
    for (const [at, one] of (capability.interfaces ?? []).entries()) {
      if (isOfStandard && one.type === 'vr:WebBrowser')
        report({
          pointer: `${pointer}/interfaces/${at}`,
          rule: 'interface-of-standard',
          severity: 'warning',
          message: `a page for people is an interface of ${capability.type}`,
          hint: 'give it a capability of its own, of type web-browser (VOResource 1.2 §2.2.8)',
        })
      for (const [p, param] of (one.params ?? []).entries()) {
        if (param.std === undefined)
          report({
            pointer: `${pointer}/interfaces/${at}/params/${p}`,
            rule: 'param-std',
            severity: 'warning',
            message: `it is not said whether the parameter ${param.name} is one of the standard`,
            hint: 'add std: true or std: false; readers take true (VODataService 1.2 §3.4)',
          })
      }
    }
    for (const [at, mirror] of (capability.mirrorUrls ?? []).entries()) {
      const url = typeof mirror === 'string' ? mirror : mirror.url
      if (capability.accessUrl === undefined || domainOf(url) === domainOf(capability.accessUrl)) continue
      report({
        pointer: `${pointer}/mirrorUrls/${at}`,
        rule: 'mirror',
        severity: 'advice',
        message: `the mirror ${url} is in another domain than the service`,
        hint: 'a mirror run by somebody else needs a record of its own, IsIdenticalTo this one (VOResource 1.2 §3.2.2)',
      })
    }
  }
}

/** Data served by others have auxiliary capabilities only, and say whose they are (S-014, S-016). */
export const auxiliaryOnly: ResourceRule = (descriptor, report) => {
  const isData = descriptor.type === 'vs:CatalogResource' || descriptor.type === 'vs:DataResource'
  const isServed = descriptor.relationships?.some(({ type }) => type.toLowerCase() === 'isservedby') === true
  for (const [index, { type }] of partsOf(descriptor).capabilities.entries()) {
    const pointer = `/capabilities/${index}`
    if (isData && type !== 'auxiliary' && type !== 'web-browser')
      report({
        pointer,
        rule: 'auxiliary-only',
        severity: 'warning',
        message: `a ${descriptor.type} has the capability ${type}`,
        hint: `data with a service of their own are a ${descriptor.type.replace('Resource', 'Service')} (VODataService 1.2 §3.1)`,
      })
    if (type === 'auxiliary' && !isServed)
      report({
        pointer,
        rule: 'is-served-by',
        severity: 'warning',
        message: 'an auxiliary capability, but no relationship IsServedBy',
        hint: 'write servedBy with the IVOID of the service: it gives both (VODataService 1.2 §2.2.3)',
      })
  }
}

function standardOf(capability: Capability): string | undefined {
  return capability.type === 'vr:Capability' ? capability.standardId : capability.type
}

function domainOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname.split('.').slice(-2).join('.') : url
}
