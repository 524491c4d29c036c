// `waymark import` as an operator meets it: what it writes, where, and what it refuses.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type CommandOutcome, waymark as runInProcess } from '../support/command-line.js'

const folder = mkdtempSync(join(tmpdir(), 'waymark-import-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function waymark(args: readonly string[], input = ''): Promise<CommandOutcome> {
  return runInProcess([...args, '--state', join(folder, 'state')], [input])
}

const record = `<?xml version="1.0" encoding="UTF-8"?>
<ri:Resource xmlns:ri="http://www.ivoa.net/xml/RegistryInterface/v1.0" xmlns:q="http://www.ivoa.net/xml/VODataService/v1.1"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="q:CatalogService" status="active"
  created="2020-01-01T00:00:00Z" updated="2021-01-01T00:00:00Z">
  <title>Bright stars</title>
  <identifier>ivo://archive.example.edu/Bright Stars</identifier>
  <curation>
    <publisher>Example Archive</publisher>
    <creator><name>Doe, J.</name></creator>
    <contact><name>Help desk</name></contact>
  </curation>
  <content>
    <subject>stellar photometry</subject>
    <description>Positions
      of stars.

      And more.</description>
    <referenceURL>https://archive.example.edu/bright</referenceURL>
  </content>
  <capability standardID="ivo://ivoa.net/std/VOSI#capabilities">
    <interface xsi:type="q:ParamHTTP" role="std">
      <accessURL use="full">https://archive.example.edu/cone/capabilities</accessURL>
    </interface>
  </capability>
  <coverage>
    <temporal>51544 51910</temporal>
    <waveband>Optical</waveband>
  </coverage>
  <my:colour xmlns:my="http://archive.example.edu/xml">blue &amp; white</my:colour>
</ri:Resource>`

describe('import of a record', () => {
  it('writes YAML to standard output and the report to standard error', async () => {
    const { code, out, err } = await waymark(['import', '-'], record)
    expect(err).toContain('vs:CatalogService ivo://archive.example.edu/Bright Stars: 0 differences')
    expect(code).toBe(0)
    expect(parse(out)).toMatchObject({
      type: 'vs:CatalogService',
      ivoid: 'ivo://archive.example.edu/Bright Stars',
      description: 'Positions of stars.\n\nAnd more.',
      capabilities: [{ type: 'vosi', accessUrl: 'https://archive.example.edu/cone', endpoints: ['capabilities'] }],
      coverage: { temporal: [['2000-01-01', '2000-12-31']], wavebands: ['Optical'] },
      extension: '<my:colour xmlns:my="http://archive.example.edu/xml">blue &amp; white</my:colour>\n',
    })
  })

  it('puts what validate finds above the line it is about', async () => {
    const { out } = await waymark(['import', '-'], record)
    expect(out).toMatch(/^# error form: ivoid is "ivo:\/\/archive\.example\.edu\/Bright Stars".*\nivoid: /m)
  })

  it('writes files into a folder, and none over another', async () => {
    const source = join(folder, 'record.xml.gz')
    writeFileSync(source, gzipSync(record))
    mkdirSync(join(folder, 'resources'), { recursive: true })
    const file = join(folder, 'resources', 'bright-stars.yaml')
    expect(await waymark(['import', source, '--out', join(folder, 'resources')])).toMatchObject({ code: 0, out: '' })
    expect(parse(readFileSync(file, 'utf8'))).toMatchObject({ title: 'Bright stars' })
    const again = await waymark(['import', source, '--out', join(folder, 'resources')])
    expect(again).toMatchObject({ code: 2, err: expect.stringContaining('exists already; --force overwrites it') })
    expect(await waymark(['import', source, '--out', file, '--force'])).toMatchObject({ code: 0 })
  })

  it('gives a long table set a file of its own', async () => {
    const columns = Array.from({ length: 41 }, (_, at) => `<column><name>c${at}</name></column>`).join('')
    const tableset = `<tableset><schema><name>a</name><table><name>a.b</name>${columns}</table></schema></tableset>`
    const out = join(folder, 'long/')
    await waymark(['import', '-', '--out', out], record.replace('<my:colour', `${tableset}<my:colour`))
    expect(parse(readFileSync(join(out, 'bright-stars.yaml'), 'utf8'))).toMatchObject({
      tableset: { include: 'tables/bright-stars.yaml' },
    })
    expect(
      parse(readFileSync(join(out, 'tables/bright-stars.yaml'), 'utf8')).schemas[0].tables[0].columns,
    ).toHaveLength(41)
  })

  it('says what has no place, and what is put in another form', async () => {
    const odd = record.replace('<publisher>', '<publisher colour="red">').replace('status="active"', 'status="deleted"')
    const { out, err } = await waymark(['import', '-'], odd)
    expect(out).toContain('# - /curation/publisher/@colour: "red" has no place in a descriptor')
    expect(out).toContain('# - /@status: deleted (written as inactive;')
    expect(err).toContain('missing /curation/publisher/@colour: red')
    expect(parse(out)).toMatchObject({ status: 'inactive' })
  })

  it('takes all records of a document only into a folder', async () => {
    const other = record.replace('Bright Stars', 'faint').replace(/^<\?.*\n/, '')
    const both = `<all>${record.replace(/^<\?.*\n/, '')}${other}</all>`
    expect(await waymark(['import', '-'], both)).toMatchObject({ code: 4 })
    const answer = both.replace('<all>', '<VOResources>').replace('</all>', '</VOResources>')
    expect(await waymark(['import', '-'], answer)).toMatchObject({ code: 2, err: expect.stringContaining('2 records') })
    await waymark(['import', '-', '--out', join(folder, 'both')], answer)
    expect(existsSync(join(folder, 'both', 'faint.yaml'))).toBe(true)
  })
})

describe('import refuses', () => {
  it.each([
    [['import', 'no-such-file.xml'], '', 2, 'There is no file'],
    [['import', '-'], '<html><body>Welcome</body></html>', 4, 'nothing that can be imported'],
    [
      ['import', '-'],
      '<ri:Resource xmlns:ri="http://www.ivoa.net/xml/RegistryInterface/v1.0"><title>',
      4,
      'ends inside',
    ],
    [['import', 'ivo://x'], '', 2, 'is not an IVOID'],
    [['import', 'ivo://archive.example.edu/tap'], '', 3, '--registry URL asks another registry'],
    [['import', 'ftp://archive.example.edu/a'], '', 2, 'expected http://'],
    [
      ['import', '-'],
      '<Resource xmlns="http://www.ivoa.net/xml/RegistryInterface/v0.1"><identifier>ivo://a.bc/d</identifier></Resource>',
      4,
      'the generation before VOResource 1.0',
    ],
  ])('%s with %j', async (args, input, code, message) => {
    expect(await waymark(args, input)).toMatchObject({ code, err: expect.stringContaining(message) })
  })
})

describe('import of a table', () => {
  const file = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  }

  it('describes columns, rows and coverage', async () => {
    const { out, err, code } = await waymark([
      'import',
      file(
        'bright-stars.vot',
        `<VOTABLE><RESOURCE><TABLE name="bright.stars"><DESCRIPTION>Bright stars</DESCRIPTION>
        <FIELD name="RA" datatype="double" unit="deg" ucd="pos.eq.ra;meta.main"><DESCRIPTION>Right ascension</DESCRIPTION></FIELD>
        <FIELD name="Dec" datatype="double" unit="deg" ucd="pos.eq.dec;meta.main"/>
        <FIELD name="size" datatype="float" arraysize="2"/><FIELD name="id" datatype="char" arraysize="*"/>
        <DATA><TABLEDATA><TR><TD>10</TD><TD>20</TD><TD>1 2</TD><TD>a</TD></TR><TR><TD>10</TD><TD>20</TD><TD/><TD/></TR></TABLEDATA></DATA>
        </TABLE></RESOURCE></VOTABLE>`,
      ),
    ])
    expect(code).toBe(0)
    expect(err).toContain('vs:CatalogResource: 0 differences')
    expect(out).toContain('coverage.spatial: a MOC of order 6 of 2 positions in RA and Dec')
    expect(out).toContain('# error required: title is missing in the descriptor')
    expect(parse(out)).toEqual({
      type: 'vs:CatalogResource',
      description: 'Bright stars',
      coverage: { spatial: '6/19863' },
      tableset: {
        schemas: [
          {
            name: 'bright',
            tables: [
              {
                name: 'bright.stars',
                description: 'Bright stars',
                nrows: 2,
                columns: [
                  {
                    name: 'RA',
                    datatype: 'double',
                    unit: 'deg',
                    ucd: 'pos.eq.ra;meta.main',
                    description: 'Right ascension',
                  },
                  { name: 'Dec', datatype: 'double', unit: 'deg', ucd: 'pos.eq.dec;meta.main' },
                  { name: '"size"', datatype: 'float', arraysize: '2' },
                  { name: 'id', datatype: 'char', arraysize: '*' },
                ],
              },
            ],
          },
        ],
      },
    })
  })

  it('becomes a descriptor that validates once a person has added what no table knows', async () => {
    const resources = join(folder, 'from-csv')
    mkdirSync(resources)
    const source = file('Bright Stars.csv', 'ra,dec,mjd_obs\n10.5,-3.25,55000.5\n10.6,-3.5,55001.5\n')
    await waymark(['import', source, '--out', resources])
    writeFileSync(
      join(resources, 'site.yaml'),
      `authority: archive.example.edu
publisher: Example Archive
contacts: [{ name: Help desk, email: help@archive.example.edu }]
subjects: [catalogs]
title: Bright stars
description: Positions of the stars that are brighter than magnitude six and a half.
referenceUrl: https://archive.example.edu/bright
`,
    )
    const { out } = await waymark(['validate', '--resources', resources])
    expect(out).not.toContain(': error ')
    const descriptor = parse(readFileSync(join(resources, 'bright-stars.yaml'), 'utf8'))
    expect(descriptor.coverage.temporal).toEqual([['2009-06-18', '2009-06-19']])
    expect(descriptor.tableset.schemas[0]).toMatchObject({ name: 'bright_stars', tables: [{ nrows: 2 }] })
  })
})
