// capability elements → rr.capability, rr.interface, rr.intf_param, rr.validation (RegTAP 1.2 §8.4, §8.8, §8.9, §8.11).
import type { Row } from '../core/sql.js'
import { attributeOf, childElements, type XmlElement } from '../xml/reader.js'
import { cleanText } from './normalize.js'
import type { RowMapper } from './row-mapper.js'

/** Row mappers of the tables filled here. */
export interface CapabilityMappers {
  readonly capability: RowMapper
  readonly interface: RowMapper
  readonly intf_param: RowMapper
  /** Of validationLevel inside a capability. */
  readonly capabilityValidation: RowMapper
}

export interface CapabilityRows {
  readonly capability: readonly Row[]
  readonly interface: readonly Row[]
  readonly intf_param: readonly Row[]
  readonly validation: readonly Row[]
}

/**
 * Rows of all capabilities. Capabilities and interfaces are numbered from 1 through the whole record. Interfaces
 * outside capabilities (vstd:ServiceStandard) are passed over (RegTAP 1.2 §8.8).
 */
export function capabilityRows(resource: XmlElement, ivoid: string, mappers: CapabilityMappers): CapabilityRows {
  const rows = { capability: [] as Row[], interface: [] as Row[], intf_param: [] as Row[], validation: [] as Row[] }
  let interfaces = 0
  for (const [position, capability] of childElements(resource, 'capability').entries()) {
    const cap_index = position + 1
    rows.capability.push(mappers.capability([resource, capability], { ivoid, cap_index }))
    for (const level of childElements(capability, 'validationLevel'))
      rows.validation.push(mappers.capabilityValidation([resource, capability, level], { ivoid, cap_index }))
    for (const one of childElements(capability, 'interface')) {
      const intf_index = ++interfaces
      const authenticated_only = needsLogin(one) ? 1 : 0
      rows.interface.push(
        mappers.interface([resource, capability, one], { ivoid, cap_index, intf_index, authenticated_only }),
      )
      for (const param of childElements(one, 'param'))
        rows.intf_param.push(mappers.intf_param([resource, capability, one, param], { ivoid, intf_index }))
    }
  }
  return rows
}

/** True when there are security methods and each names a standard: one without lets everybody in (RegTAP 1.2 §8.8). */
function needsLogin(interfaceElement: XmlElement): boolean {
  const methods = childElements(interfaceElement, 'securityMethod')
  return methods.length > 0 && methods.every((method) => cleanText(attributeOf(method, 'standardID')) !== null)
}
