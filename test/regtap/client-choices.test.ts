// What pyvo and TOPCAT would pick from awkward records; test/clients compares the same records with the real ones.
import { beforeAll, describe, expect, it } from 'vitest'
import { type ClientChoice, clientChoices } from '../../src/regtap/client-choices.js'
import { clientView } from '../../src/regtap/client-view.js'
import { declaredSchemas } from '../../src/tables/declared.js'
import { buildRecord } from '../../src/voresource/build.js'
import { awkwardServices } from '../support/awkward-services.js'
import { context, loadFiles } from '../voresource/support.js'

const choices = new Map<string, readonly ClientChoice[]>()

beforeAll(async () => {
  const { descriptors, findings } = await loadFiles(awkwardServices)
  expect(findings).toEqual([])
  const see = clientView(declaredSchemas())
  const seen = descriptors.map(({ ivoid, descriptor }) => see(ivoid, buildRecord(descriptor, context)))
  for (const one of clientChoices(seen)) choices.set(one.ivoid.replace('ivo://archive.example.edu/', ''), one.choices)
})

const choice = (name: string, client: string): ClientChoice => {
  const found = choices.get(name)?.find((one) => one.client.startsWith(client))
  if (found === undefined) throw new Error(`no choice of ${client} for ${name}`)
  return found
}

describe('get_service("tap") of pyvo 1.6 and later', () => {
  it.each([
    ['plain', 'picked', 'plain', 'capability 1 (tr:tableaccess, tap), interface 1 (vs:paramhttp version 1.1)'],
    ['catalog', 'picked', 'plain', 'capability 1 (vr:capability, tap#aux)'],
    ['login', 'refused', 'login', '2 standard interfaces fit'],
    ['no-role', 'none', undefined, 'has no role; only the role std counts'],
    ['two-roles', 'picked', 'two-roles', 'interface 2'],
    ['both', 'refused', 'both', 'keyword='],
    ['versioned', 'picked', 'versioned', 'tap#1.1'],
    ['slash', 'none', undefined, 'ivo://ivoa.net/std/tap/1.1 is not ivo://ivoa.net/std/TAP'],
    ['cone', 'none', undefined, 'no capability has the standardID'],
  ])('of %s: %s', (name, outcome, address, why) => {
    const found = choice(name, 'pyvo 1.6')
    expect([found.outcome, found.accessUrls[0]]).toEqual([
      outcome,
      address === undefined ? undefined : `https://archive.example.edu/${address}`,
    ])
    expect(found.why).toContain(why)
  })

  it('is not confused by the second interface that TAPRegExt 1.1 adds', async () => {
    const [loaded] = (await loadFiles({ 'plain.yaml': awkwardServices['plain.yaml'] ?? '' })).descriptors
    const xml = loaded === undefined ? '' : buildRecord(loaded.descriptor, { ...context, profile: 'current' })
    expect(xml).toContain('tr:DALIInterface')
    const [resource] = clientChoices([clientView(declaredSchemas())('ivo://archive.example.edu/plain', xml)])
    expect(resource?.choices.map(({ outcome }) => outcome)).toEqual(Array(6).fill('picked'))
  })

  it('was laxer before 1.6: the first of several', () => {
    expect(choice('login', 'pyvo 1.4').outcome).toBe('picked')
    expect(choice('both', 'pyvo 1.4').accessUrls).toEqual(['https://archive.example.edu/both'])
  })
})

describe('TOPCAT', () => {
  it.each([
    ['plain', 'picked', 'interface 1'],
    ['catalog', 'none', 'auxiliary TAP capability only'],
    ['no-role', 'none', 'no role'],
    ['versioned', 'none', 'the version belongs to the interface'],
  ])('finds by keyword %s: %s', (name, outcome, why) => {
    const found = choice(name, 'TOPCAT: TAP window, by keyword')
    expect([found.outcome, found.why]).toEqual([outcome, expect.stringContaining(why)])
  })

  it.each([
    ['plain', 'picked', '2 tables'],
    ['catalog', 'picked', 'shown under ivo://archive.example.edu/plain'],
    ['lone', 'none', 'no TAP service of this registry has the access URL https://elsewhere.example/tap'],
    ['no-role', 'picked', '2 tables'],
  ])('shows in its tree %s: %s', (name, outcome, why) => {
    const found = choice(name, 'TOPCAT: TAP window, tree')
    expect([found.outcome, found.why]).toEqual([outcome, expect.stringContaining(why)])
  })

  it.each([
    ['plain', 'picked', '4 tables'],
    ['catalog', 'picked', 'by which it is served'],
    ['lone', 'none', 'no relationship IsServedBy leads to a TAP service of this registry'],
    ['empty', 'none', 'declares a table'],
  ])('shows since 2024 %s: %s', (name, outcome, why) => {
    const found = choice(name, 'TOPCAT since 2024')
    expect([found.outcome, found.why]).toEqual([outcome, expect.stringContaining(why)])
  })
})
