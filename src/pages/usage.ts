// A service → the lines with which pyvo, TOPCAT and STILTS use it.
import type { ServiceEntry, ServiceInterface } from './catalog.js'

/**
 * Python that finds the service by its IVOID through this registry, so that the next move breaks nothing.
 * `IVOA_REGISTRY` is read when pyvo is imported, in all its versions.
 */
export function pyvoLines(baseUrl: string, service: Pick<ServiceEntry, 'ivoid' | 'interfaces' | 'tables'>): string {
  const one = mainInterface(service)
  const found = `pyvo.registry.search(ivoid=${pythonText(service.ivoid)})[0]`
  const lines = [`import os; os.environ['IVOA_REGISTRY'] = ${pythonText(`${baseUrl}/tap`)}`, 'import pyvo']
  if (one?.standard?.pyvo === undefined) return [...lines, `print(${found}.access_urls)`].join('\n')
  lines.push(`service = ${found}.get_service('${one.standard.pyvo}')`)
  const table = service.tables[0]
  if (one.standard.key !== 'tap') lines.push('print(service.baseurl)')
  else if (table !== undefined)
    lines.push(`print(service.run_sync(${pythonText(`SELECT TOP 5 * FROM ${table}`)}).to_table())`)
  else lines.push('print(service.tables.keys())')
  return lines.join('\n')
}

/** The same for pyvo before 1.3, which cannot search by IVOID; undefined where that pyvo has no class for the protocol. */
export function oldPyvoLines(baseUrl: string, service: Pick<ServiceEntry, 'ivoid' | 'interfaces'>): string | undefined {
  const type = mainInterface(service)?.standard?.pyvo
  if (type === undefined || type === 'sia2') return undefined
  return [
    `import os; os.environ['IVOA_REGISTRY'] = ${pythonText(`${baseUrl}/tap`)}`,
    'from pyvo.registry.regtap import ivoid2service',
    `service = ivoid2service(${pythonText(service.ivoid)}, '${type}')`,
  ].join('\n')
}

/** Python that asks the registry for the present addresses of a resource, whatever its protocol. */
export function registryLines(baseUrl: string, ivoid: string): string {
  return [
    `import os; os.environ['IVOA_REGISTRY'] = ${pythonText(`${baseUrl}/tap`)}`,
    'import pyvo',
    `print(pyvo.registry.search(ivoid=${pythonText(ivoid)})[0].access_urls)`,
  ].join('\n')
}

/** Where to click in TOPCAT. */
export function topcatSteps(service: Pick<ServiceEntry, 'interfaces' | 'ivoid'>): string {
  const one = mainInterface(service)
  switch (one?.standard?.key) {
    case 'tap':
      return `VO → Table Access Protocol (TAP) Query: put the address into TAP URL at the bottom and press Use Service.`
    case 'cone':
      return 'VO → Cone Search: put the address into Cone URL.'
    case 'sia':
    case 'sia2':
      return 'VO → Simple Image Access (SIA) Query: put the address into SIA URL.'
    case 'ssa':
      return 'VO → Simple Spectral Access (SSA) Query: put the address into SSA URL.'
    default:
      return 'Search for the identifier in the registry panel of the VO windows.'
  }
}

/** A STILTS command that asks for five rows; undefined for services without tables. */
export function stiltsLine(service: Pick<ServiceEntry, 'interfaces' | 'tables'>): string | undefined {
  const one = service.interfaces.find((each) => each.standard?.key === 'tap')
  const table = service.tables[0]
  if (one === undefined || table === undefined) return undefined
  return `stilts tapquery tapurl=${shellText(one.accessUrl)} adql=${shellText(`SELECT TOP 5 * FROM ${table}`)}`
}

function mainInterface(service: Pick<ServiceEntry, 'interfaces'>): ServiceInterface | undefined {
  return service.interfaces.find((one) => one.standard?.key === 'tap') ?? service.interfaces[0]
}

// Names come from records of strangers: what is copied into a program or a shell must stay a text there.

function pythonText(text: string): string {
  return `'${oneLine(text).replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

function shellText(text: string): string {
  const line = oneLine(text)
  return /^[\w.:/-]+$/.test(line) ? line : `'${line.replaceAll("'", "'\\''")}'`
}

function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ')
}
