// Rows of one synthetic resource → its VOResource record (XML), valid by the schemas, which ingest turns into the same rows.
import { escapeAttribute, escapeText } from '../../src/xml/escape.js'
import { type Cell, type CellRow, dataModelName, type ResourceRows, securityMethod } from './synthetic-vo.js'
import { canonicalTerm } from './vocabulary.js'

type Attributes = Readonly<Record<string, Cell | undefined>>

const namespaces = [
  ['ri', 'http://www.ivoa.net/xml/RegistryInterface/v1.0'],
  ['vr', 'http://www.ivoa.net/xml/VOResource/v1.0'],
  ['vs', 'http://www.ivoa.net/xml/VODataService/v1.1'],
  ['vg', 'http://www.ivoa.net/xml/VORegistry/v1.0'],
  ['tr', 'http://www.ivoa.net/xml/TAPRegExt/v1.0'],
  ['cs', 'http://www.ivoa.net/xml/ConeSearch/v1.0'],
  ['sia', 'http://www.ivoa.net/xml/SIA/v1.1'],
  ['ssap', 'http://www.ivoa.net/xml/SSA/v1.1'],
  ['vstd', 'http://www.ivoa.net/xml/StandardsRegExt/v1.0'],
  ['xsi', 'http://www.w3.org/2001/XMLSchema-instance'],
]
  .map(([prefix, uri]) => ` xmlns:${prefix}="${uri}"`)
  .join('')

/** One `ri:Resource` element with all its namespace declarations, without XML declaration. */
export function voresourceRecord(rows: ResourceRows): string {
  const [resource = []] = rows.resource
  const [ivoid, type, created, shortName, title, updated] = resource
  return (
    `<ri:Resource xmlns=""${namespaces} xsi:type="${canonicalTerm(type)}" status="active" version="1.2"` +
    ` created="${created}Z" updated="${updated}Z">` +
    rows.validation.map((row) => element('validationLevel', row[2], { validatedBy: row[1] })).join('') +
    element('title', title) +
    element('shortName', shortName) +
    element('identifier', ivoid) +
    rows.alt_identifier.map((row) => element('altIdentifier', row[1])).join('') +
    curation(rows, resource) +
    content(rows, resource) +
    // Rights without text are legal; RegTAP reads text and address of the first element.
    ((resource[16] ?? resource[17])
      ? `<rights${attribute('rightsURI', resource[17])}>${text(resource[16])}</rights>`
      : '') +
    rows.capability.map((row) => capability(rows, row)).join('') +
    afterCapabilities(rows, resource) +
    '</ri:Resource>'
  )
}

function curation(rows: ResourceRows, resource: CellRow): string {
  const roles = (role: string): readonly CellRow[] => rows.res_role.filter((row) => row[7] === role)
  return (
    '<curation>' +
    roles('publisher')
      .map((row) => element('publisher', row[1], { 'ivo-id': row[2] }))
      .join('') +
    roles('creator')
      .map((row) => `<creator>${element('name', row[1])}</creator>`)
      .join('') +
    roles('contributor')
      .map((row) => element('contributor', row[1]))
      .join('') +
    rows.res_date.map((row) => `<date role="${canonicalTerm(row[2])}">${row[1]}Z</date>`).join('') +
    element('version', resource[13]) +
    roles('contact')
      .map(
        (row) =>
          `<contact>${element('name', row[1])}${element('address', row[3])}${element('email', row[4])}${element('telephone', row[5])}</contact>`,
      )
      .join('') +
    '</curation>'
  )
}

function content(rows: ResourceRows, resource: CellRow): string {
  return (
    '<content>' +
    rows.res_subject.map((row) => element('subject', row[1])).join('') +
    element('description', resource[7]) +
    element('source', resource[12], { format: resource[11] }) +
    element('referenceURL', resource[8]) +
    hashList('type', resource[10]) +
    hashList('contentLevel', resource[6]) +
    rows.relationship
      .map(
        (row) =>
          `<relationship><relationshipType>${canonicalTerm(row[1])}</relationshipType>${element('relatedResource', row[3], { 'ivo-id': row[2] })}</relationship>`,
      )
      .join('') +
    '</content>'
  )
}

function capability(rows: ResourceRows, [, index, type, description, standardId]: CellRow): string {
  const details = rows.res_detail.filter((row) => row[1] === index)
  return (
    `<capability xsi:type="${canonicalTerm(type)}"${attribute('standardID', canonicalTerm(standardId))}>` +
    element('description', description) +
    rows.interface
      .filter((row) => row[1] === index)
      .map((row) => interfaceElement(rows, row))
      .join('') +
    capabilityDetails(String(type), details) +
    '</capability>'
  )
}

function interfaceElement(rows: ResourceRows, row: CellRow): string {
  const [, , index, type, role, version, queryType, resultType, , use, accessUrl, mirrorUrl, authenticatedOnly] = row
  return (
    `<interface xsi:type="${canonicalTerm(type)}"${attribute('role', role)}${attribute('version', version)}>` +
    element('accessURL', accessUrl, { use }) +
    element('mirrorURL', mirrorUrl) +
    (authenticatedOnly === 1 ? `<securityMethod standardID="${securityMethod}"/>` : '') +
    element('queryType', queryType && String(queryType).toUpperCase()) +
    element('resultType', resultType) +
    rows.intf_param
      .filter((param) => param[1] === index)
      .map(paramElement)
      .join('') +
    '</interface>'
  )
}

function paramElement(row: CellRow): string {
  const [, , name, ucd, unit, utype, std, datatype, , , , , use, description] = row
  return (
    `<param${attribute('use', use)} std="${std === 1}">` +
    `${element('name', name)}${element('description', description)}${element('unit', unit)}${element('ucd', ucd)}` +
    `${element('utype', utype)}${element('dataType', datatype)}</param>`
  )
}

/** The part of a capability that its own schema defines, in that schema's order. */
function capabilityDetails(type: string, details: readonly CellRow[]): string {
  const values = (path: string): readonly Cell[] =>
    details.filter((row) => row[2] === `/capability/${path}`).map((row) => row[3] ?? null)
  const each = (path: string, attributes: Attributes = {}): string =>
    values(path)
      .map((value) => element(lastStep(path), value, attributes))
      .join('')
  const group = (path: string, ...parts: readonly string[]): string =>
    wrap(lastStep(path), parts.map((part) => each(`${path}/${part}`)).join(''))
  switch (type) {
    case 'cs:conesearch':
      return each('maxSR') + each('maxRecords') + each('verbosity') + group('testQuery', 'ra', 'dec', 'sr')
    case 'sia:simpleimageaccess':
      return (
        each('imageServiceType') +
        group('maxImageExtent', 'long', 'lat') +
        each('maxFileSize') +
        each('maxRecords') +
        wrap('testQuery', group('testQuery/pos', 'long', 'lat'))
      )
    case 'ssap:simplespectralaccess':
      return (
        ['complianceLevel', 'dataSource', 'creationType', 'supportedFrame', 'maxRecords', 'defaultMaxRecords']
          .map((path) => each(path))
          .join('') + group('testQuery', 'queryDataCmd')
      )
    case 'tr:tableaccess':
      return (
        values('dataModel/@ivo-id')
          .map((ivoid) => element('dataModel', dataModelName(String(ivoid)), { 'ivo-id': ivoid }))
          .join('') +
        wrap(
          'language',
          each('language/name') +
            values('language/version/@ivo-id')
              .map((ivoid) => element('version', '2.0', { 'ivo-id': ivoid }))
              .join(''),
        ) +
        values('outputFormat/mime')
          .map((mime) => wrap('outputFormat', element('mime', mime)))
          .join('') +
        group('executionDuration', 'default') +
        wrap('outputLimit', each('outputLimit/default', { unit: 'row' }))
      )
    case 'vg:harvest':
      return each('maxRecords')
    default:
      return ''
  }
}

/** What stands after the capabilities, or after the content of a resource that has none. */
function afterCapabilities(rows: ResourceRows, resource: CellRow): string {
  const details = (path: string): string =>
    rows.res_detail
      .filter((row) => row[1] === null && row[2] === `/${path}`)
      .map((row) => element(path, row[3]))
      .join('')
  switch (resource[1]) {
    case 'vg:authority':
      return details('managingOrg')
    case 'vg:registry':
      return details('full') + details('managedAuthority')
    case 'vstd:standard':
      return details('endorsedVersion')
    case 'vr:organisation':
      return details('facility') + details('instrument')
    default:
      return details('facility') + details('instrument') + coverage(rows, resource) + tableset(rows)
  }
}

function coverage(rows: ResourceRows, resource: CellRow): string {
  const inner =
    rows.stc_spatial.map((row) => element('spatial', row[1])).join('') +
    rows.stc_temporal.map((row) => `<temporal>${row[1]} ${row[2]}</temporal>`).join('') +
    rows.stc_spectral.map((row) => `<spectral>${row[1]} ${row[2]}</spectral>`).join('') +
    hashList('waveband', resource[15]) +
    element('regionOfRegard', resource[14])
  return wrap('coverage', inner)
}

function tableset(rows: ResourceRows): string {
  if (rows.res_schema.length === 0) return ''
  const columnsByTable = new Map<Cell | undefined, CellRow[]>()
  for (const row of rows.table_column) {
    const columns = columnsByTable.get(row[1])
    if (columns === undefined) columnsByTable.set(row[1], [row])
    else columns.push(row)
  }
  const schemas = rows.res_schema.map(([, index, description, name, title, utype]) => {
    const tables = rows.res_table.filter((row) => row[1] === index)
    return (
      `<schema>${element('name', name)}${element('title', title)}${element('description', description)}${element('utype', utype)}` +
      tables
        .map(
          ([, , about, tableName, tableIndex, tableTitle, tableType, tableUtype]) =>
            `<table${attribute('type', tableType)}>${element('name', tableName)}${element('title', tableTitle)}` +
            `${element('description', about)}${element('utype', tableUtype)}` +
            `${(columnsByTable.get(tableIndex) ?? []).map(columnElement).join('')}</table>`,
        )
        .join('') +
      '</schema>'
    )
  })
  return `<tableset>${schemas.join('')}</tableset>`
}

function columnElement(row: CellRow): string {
  const [, , name, ucd, unit, utype, std, datatype, , , arraysize, , typeSystem, flag, description] = row
  return (
    `<column std="${std === 1}">${element('name', name)}${element('description', description)}${element('unit', unit)}` +
    `${element('ucd', ucd)}${element('utype', utype)}` +
    `<dataType xsi:type="${canonicalTerm(typeSystem)}"${attribute('arraysize', arraysize)}>${datatype}</dataType>` +
    `${hashList('flag', flag)}</column>`
  )
}

function element(name: string, value: Cell | undefined, attributes: Attributes = {}): string {
  if (value === null || value === undefined || value === '') return ''
  let written = ''
  for (const [key, one] of Object.entries(attributes)) written += attribute(key, one)
  return `<${name}${written}>${escapeText(String(value))}</${name}>`
}

function attribute(name: string, value: Cell | undefined): string {
  return value === null || value === undefined ? '' : ` ${name}="${escapeAttribute(String(value))}"`
}

/** An element around elements; nothing around nothing. */
function wrap(name: string, inner: string): string {
  return inner === '' ? '' : `<${name}>${inner}</${name}>`
}

function lastStep(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function text(value: Cell | undefined): string {
  return value === null || value === undefined ? '' : escapeText(String(value))
}

/** `research#amateur` → one element for each, in the spelling of the vocabulary. */
function hashList(name: string, value: Cell | undefined): string {
  if (value === null || value === undefined) return ''
  return String(value)
    .split('#')
    .map((term) => element(name, canonicalTerm(term)))
    .join('')
}
