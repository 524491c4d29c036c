// Keeps the house as ARCHITECTURE.md draws it: who may import whom, how long a file may be, what must be documented.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { settings } from '../src/config.js'
import { errorSurfaces } from '../src/core/errors.js'

const root = fileURLToPath(new URL('..', import.meta.url))

// Highest first: a room imports from rooms above it, never from below.
const rooms = [
  'core',
  'config',
  'xml',
  'tables',
  'adql',
  'formats',
  'engines',
  'voresource',
  'regtap',
  'oai',
  'registry',
  'tap',
  'import',
  'pages',
  'http',
  'wire',
  'app',
  'commands',
  'main',
]

// Types that describe an object of a lower room may be named above it; they vanish when compiled.
const allowedUpward = new Set<string>([])

const sources = filesBelow('src').filter((file) => file.endsWith('.ts'))
const documents = ['README.md', 'ARCHITECTURE.md', ...filesBelow('docs').filter((file) => file.endsWith('.md'))]
const documentation = documents.map((file) => readFileSync(join(root, file), 'utf8')).join('\n')

describe('the house', () => {
  it('has rooms that import from above only', () => {
    const wrong: string[] = []
    for (const file of sources) {
      for (const target of importsOf(file)) {
        const from = rooms.indexOf(roomOf(file))
        const to = rooms.indexOf(roomOf(target))
        if (from < 0) wrong.push(`${file} is in no room`)
        else if (to > from && !allowedUpward.has(`${file} -> ${target}`)) wrong.push(`${file} imports ${target}`)
      }
    }
    expect(wrong).toEqual([])
  })

  it('has no file above 400 lines', () => {
    const long = sources.filter((file) => readFileSync(join(root, file), 'utf8').split('\n').length > 401)
    expect(long).toEqual([])
  })

  it('begins every file with a comment that says what it is', () => {
    const silent = sources.filter((file) => !/^(#!.*\n)?\/\//.test(readFileSync(join(root, file), 'utf8')))
    expect(silent).toEqual([])
  })

  it('has no default exports', () => {
    expect(sources.filter((file) => /^export default /m.test(readFileSync(join(root, file), 'utf8')))).toEqual([])
  })

  it('names no machine and no download address', () => {
    const tracked = [
      ...sources,
      ...documents,
      ...filesBelow('test'),
      ...filesBelow('resources'),
      'package.json',
      'package-lock.json',
    ]
    const pattern = new RegExp(['/wo' + 'rk/', 'registry\\.np' + 'mjs', 'deb\\.deb' + 'ian\\.org'].join('|'))
    expect(tracked.filter((file) => pattern.test(readFileSync(join(root, file), 'utf8')))).toEqual([])
  })
})

describe('the documentation', () => {
  it('names every setting with its flag and its variable', () => {
    const missing = settings.filter(
      (setting) => !documentation.includes(setting.flag) || !documentation.includes(setting.variable),
    )
    expect(missing.map((setting) => setting.name)).toEqual([])
  })

  it('names every kind of error with its exit code', () => {
    const missing = Object.entries(errorSurfaces).filter(
      ([kind, surface]) => !new RegExp(`\`${kind}\`.*\\| *${surface.exitCode} *\\|`).test(documentation),
    )
    expect(missing.map(([kind]) => kind)).toEqual([])
  })
})

function filesBelow(folder: string): string[] {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map((match) =>
    relative(root, join(root, dirname(file), match[1] ?? '')).replace(/\.js$/, '.ts'),
  )
}

function roomOf(file: string): string {
  return (file.split('/')[1] ?? '').replace(/\.ts$/, '')
}
