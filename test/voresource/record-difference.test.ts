// What differs between two states of a record, in the words of its descriptor.
import { describe, expect, it } from 'vitest'
import { buildRecord, capabilityOrigins } from '../../src/voresource/build.js'
import { type RecordDifference, recordDifferences } from '../../src/voresource/record-difference.js'
import { readXml } from '../../src/xml/reader.js'
import { catalog, context, loadOne, organisation, tap } from './support.js'

async function differences(before: string, after: string): Promise<readonly RecordDifference[]> {
  const [old, now] = [await loadOne(before), await loadOne(after)]
  const rootOf = ({ descriptor }: typeof old) => readXml(buildRecord(descriptor, context))
  return recordDifferences(rootOf(old), rootOf(now), {
    descriptor: now.descriptor,
    capabilityOrigins: capabilityOrigins(now.descriptor, context),
  })
}

const column = (name: string, keys: object = {}) => ({ name, datatype: 'double', ...keys })
const withTable = (...columns: readonly object[]) =>
  catalog({ tableset: { schemas: [{ name: 'a', tables: [{ name: 'a.star', columns }] }] } })

describe('the differences of two records', () => {
  it('are none for the same descriptor', async () => {
    expect(await differences(catalog(), catalog())).toEqual([])
  })

  it('name what changed by its key, and what it was and is', async () => {
    expect(
      await differences(organisation(), organisation({ title: 'New Archive', referenceUrl: 'https://new.example/' })),
    ).toEqual([
      { path: 'title', kind: 'changed', from: 'Example Archive', to: 'New Archive' },
      { path: 'referenceUrl', kind: 'changed', from: 'https://archive.example.edu/', to: 'https://new.example/' },
    ])
    expect(await differences(organisation(), organisation({ status: 'inactive' }))).toEqual([
      { path: 'status', kind: 'changed', from: 'active', to: 'inactive' },
    ])
  })

  it('tell an address once, in the short form if the descriptor uses that, though VOSI endpoints follow it', async () => {
    const at = (host: string) =>
      catalog({ capabilities: [tap({ accessUrl: `https://${host}/tap`, endpoints: ['capabilities', 'tables'] })] })
    expect(await differences(at('old.example'), at('new.example'))).toEqual([
      {
        path: 'capabilities[0].accessUrl',
        kind: 'changed',
        from: 'https://old.example/tap',
        to: 'https://new.example/tap',
      },
      {
        path: 'capabilities[0].endpoints',
        kind: 'changed',
        from: 'https://old.example/tap/capabilities',
        to: 'https://new.example/tap/capabilities',
      },
    ])
  })

  it('use the full form where the descriptor has it', async () => {
    const at = (host: string) =>
      catalog({
        capabilities: [
          tap({
            accessUrl: undefined,
            interfaces: [{ type: 'vs:ParamHTTP', role: 'std', accessUrl: `https://${host}/tap` }],
          }),
        ],
      })
    expect((await differences(at('old.example'), at('new.example'))).map(({ path }) => path)).toEqual([
      'capabilities[0].interfaces[0].accessUrl',
    ])
  })

  it('count capabilities as the descriptor does, whatever stands before them in the record', async () => {
    const second = (description: string) => ({
      type: 'cs:ConeSearch',
      accessUrl: 'https://a.example/scs',
      maxRecords: 9,
      description,
    })
    const both = (description: string) =>
      catalog({ capabilities: [tap({ endpoints: ['capabilities', 'tables'] }), second(description)] })
    expect(await differences(both('One.'), both('Two.'))).toEqual([
      { path: 'capabilities[1].description', kind: 'changed', from: 'One.', to: 'Two.' },
    ])
  })

  it('tell what came and went in lists', async () => {
    const found = await differences(
      organisation({ subjects: ['catalogs', 'sky-surveys'] }),
      organisation({ subjects: ['virtual-observatories', 'catalogs'], creators: ['Doe, J.'] }),
    )
    expect(found).toEqual([
      { path: 'creators[0]', kind: 'added', to: 'Doe, J.' },
      { path: 'subjects[0]', kind: 'added', to: 'virtual-observatories' },
      { path: 'subjects', kind: 'removed', from: 'sky-surveys' },
    ])
  })

  it('know tables and columns by name, wherever they stand', async () => {
    const found = await differences(
      withTable(column('ra', { ucd: 'pos.eq.ra' }), column('dec'), column('gone')),
      withTable(column('added'), column('ra', { ucd: 'pos.eq.ra;meta.main', unit: 'deg' }), column('dec')),
    )
    const columns = 'tableset.schemas[0].tables[0].columns'
    expect(found).toEqual([
      { path: `${columns}[0]`, of: 'a.star', kind: 'added', to: 'added' },
      { path: `${columns}[1].unit`, of: 'a.star ra', kind: 'added', to: 'deg' },
      { path: `${columns}[1].ucd`, of: 'a.star ra', kind: 'changed', from: 'pos.eq.ra', to: 'pos.eq.ra;meta.main' },
      { path: columns, of: 'a.star', kind: 'removed', from: 'gone' },
    ])
  })

  it('tell of whole tables with the number of their columns', async () => {
    const found = await differences(catalog(), withTable(column('ra'), column('dec')))
    expect(found).toEqual([{ path: 'tableset', kind: 'added', to: expect.any(String) }])
    const schemas = (...tables: readonly object[]) => catalog({ tableset: { schemas: [{ name: 'a', tables }] } })
    const star = { name: 'a.star', columns: [column('ra')] }
    expect(
      await differences(schemas(star), schemas(star, { name: 'a.gas', columns: [column('x'), column('y')] })),
    ).toEqual([{ path: 'tableset.schemas[0].tables[1]', kind: 'added', to: 'a.gas (2 columns)' }])
  })
})
