// TOPCAT's registry classes, driven without a window.
import { clientFile, isInstalled, run } from './support.js'

const jars = ['vo', 'table', 'registry', 'util', 'votable', 'auth', 'fits', 'task', 'ttools', 'topcat']
  .map((name) => `/usr/share/java/starlink-${name}.jar`)
  .concat('/usr/share/java/topcat.jar', '/usr/share/java/ttools.jar', '/usr/share/java/stil.jar')
  .join(':')

export const hasTopcat = isInstalled('TOPCAT with a Java compiler', 'javap', [
  '-cp',
  jars,
  'uk.ac.starlink.vo.RegistryProtocol',
])

/** Runs TopcatRegistry.java against a registry; gives the cells of its lines: ivoid, title, access URL, contact, publisher. */
export async function runTopcat(registry: string, ...args: readonly string[]): Promise<string[][]> {
  const printed = await run('java', [
    '-Djava.awt.headless=true',
    '-cp',
    jars,
    clientFile('TopcatRegistry.java'),
    registry,
    ...args,
  ])
  return printed
    .trim()
    .split('\n')
    .map((line) => line.split('\t'))
}
