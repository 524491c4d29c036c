// Folders of descriptors in a temporary place, and the official schemas where they are at hand.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseDatestamp } from '../../src/core/datestamp.js'
import type { BuildContext, RecordTimes } from '../../src/voresource/context.js'
import type { Finding } from '../../src/voresource/finding.js'
import { type LoadedDescriptor, type LoadedResources, loadResources } from '../../src/voresource/load.js'
import { SchemaChecker } from '../../src/voresource/schema-check.js'
import { validateResources } from '../../src/voresource/validate.js'

export const context: BuildContext = { self: { baseUrl: 'https://registry.example.edu' } }

export const times: RecordTimes = {
  created: parseDatestamp('2024-10-18T17:57:48Z')!,
  updated: parseDatestamp('2025-06-26T00:00:00Z')!,
}

/** Writes files below a new folder; gives the folder. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'waymark-resources-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

/** A list entry out of a map. */
export function indent(yaml: string): string {
  return yaml
    .trimEnd()
    .split('\n')
    .map((line, index) => (index === 0 ? `  - ${line}` : `    ${line}`))
    .join('\n')
}

/** A small organisation; keys given replace its own, undefined ones are left out. */
export function organisation(keys: Readonly<Record<string, unknown>> = {}): string {
  const whole = {
    type: 'vr:Organisation',
    ivoid: 'ivo://archive.example.edu/organisation',
    title: 'Example Archive',
    description: 'Keeps and publishes the data of the Example Observatory for everybody.',
    referenceUrl: 'https://archive.example.edu/',
    subjects: ['virtual-observatories'],
    publisher: 'Example Archive',
    contacts: [{ name: 'Help desk', email: 'help@archive.example.edu' }],
    ...keys,
  }
  return Object.entries(whole)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join('')
}

/** A small catalog service with a TAP capability. */
export function catalog(keys: Readonly<Record<string, unknown>> = {}): string {
  return organisation({
    type: 'vs:CatalogService',
    ivoid: 'ivo://archive.example.edu/tap',
    title: 'Example TAP service',
    capabilities: [tap()],
    ...keys,
  })
}

/** A TAP capability; keys given replace its own. */
export function tap(keys: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return {
    type: 'tr:TableAccess',
    accessUrl: 'https://archive.example.edu/tap',
    languages: [{ name: 'ADQL', versions: ['2.0'] }],
    outputFormats: ['application/x-votable+xml'],
    ...keys,
  }
}

const checker = new SchemaChecker()

/** Loads files as a folder; shapes are compiled once for all tests of a file. */
export function loadFiles(files: Readonly<Record<string, string>>): Promise<LoadedResources> {
  return loadResources(folderOf(files), { checker })
}

/** Loads the files and gives all findings about them. */
export async function findingsOf(files: Readonly<Record<string, string>>): Promise<readonly Finding[]> {
  return validateResources(await loadFiles(files))
}

/** The only descriptor of one file. */
export async function loadOne(yaml: string): Promise<LoadedDescriptor> {
  const { descriptors, findings } = await loadFiles({ 'one.yaml': yaml })
  const [first] = descriptors
  if (first === undefined) throw new Error(findings.map((one) => one.message).join('\n'))
  return first
}

/** A service around the example of a capability, so that it becomes part of a record. */
export function hostOf(example: string): string {
  return `type: vs:CatalogService
ivoid: ivo://archive.example.edu/host
title: A service for one capability
description: Stands around the example of a capability, so that it becomes part of a record.
referenceUrl: https://archive.example.edu/
subjects: [catalogs]
publisher: Example Archive
contacts: [{ name: Help desk, email: help@archive.example.edu }]
capabilities:
${indent(example)}`
}
