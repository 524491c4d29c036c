// One service with a list of catalogs → a vs:CatalogResource for each (VODataService 1.2 §2.2.3).
import { inherit, isMapValue, type LocatedValue } from './merge.js'
import { catalogResource } from './resource-types/catalog.js'

/** Keys of the service that describe the service alone. */
const notInherited = new Set(
  'type ivoid title shortName altIdentifiers description status self relationships capabilities tableset catalogs extension validationLevels source version dates'.split(
    ' ',
  ),
)

/** The catalogs that a service lists, each as a located descriptor of its own. */
export function catalogsOf(service: LocatedValue, ivoid: string): readonly LocatedValue[] {
  if (!isMapValue(service.value) || !Array.isArray(service.value.catalogs)) return []
  const { value } = service
  return service.value.catalogs.filter(isMapValue).map((entry, index) => {
    const own = service.part(`/catalogs/${index}`, entry)
    const merged = inherit(
      own,
      service.part('', value),
      (key) => !notInherited.has(key) && catalogResource.shape.properties?.[key] !== undefined,
    )
    return withTables(merged, service, entry, ivoid)
  })
}

/** Adds type and service, and the tables named by `schemas` out of the service's tableset. */
function withTables(
  merged: LocatedValue,
  service: LocatedValue,
  entry: Readonly<Record<string, unknown>>,
  ivoid: string,
): LocatedValue {
  const { schemas, ...keys } = isMapValue(merged.value) ? merged.value : {}
  const complete = merged.replacedBy({ ...keys, type: catalogResource.type, servedBy: ivoid })
  const tableset = isMapValue(service.value) ? service.value.tableset : undefined
  if (!Array.isArray(schemas) || entry.tableset !== undefined || !isMapValue(tableset)) return complete
  const offered: readonly unknown[] = Array.isArray(tableset.schemas) ? tableset.schemas : []
  const chosen = offered.filter((schema) => isMapValue(schema) && schemas.includes(schema.name))
  return chosen.length === 0
    ? complete
    : complete.replacedBy({ ...keys, type: catalogResource.type, servedBy: ivoid, tableset: { schemas: chosen } })
}

/** Names in `schemas` that the service's tableset does not have, with their pointers. */
export function unknownSchemas(service: LocatedValue): readonly { readonly pointer: string; readonly name: string }[] {
  if (!isMapValue(service.value) || !Array.isArray(service.value.catalogs)) return []
  const { tableset } = service.value
  const offered: readonly unknown[] = isMapValue(tableset) && Array.isArray(tableset.schemas) ? tableset.schemas : []
  const names = new Set(offered.map((schema) => (isMapValue(schema) ? schema.name : undefined)))
  return service.value.catalogs.flatMap((entry, index) =>
    (isMapValue(entry) && Array.isArray(entry.schemas) ? entry.schemas : []).flatMap((name: unknown, at) =>
      names.has(name) ? [] : [{ pointer: `/catalogs/${index}/schemas/${at}`, name: String(name) }],
    ),
  )
}
