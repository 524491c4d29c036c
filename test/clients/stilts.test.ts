// STILTS: taplint over the whole service, queries and uploads as its users make them, votlint on every VOTable form.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { shippedCatalogs } from './catalogs.js'
import { isInstalled, run } from './support.js'

const installed = isInstalled('STILTS', 'stilts', ['-version'])

/** The remarks that docs/clients.md explains: the lines of its blocks, which begin with the name of the checker. */
const explained = readFileSync(new URL('../../docs/clients.md', import.meta.url), 'utf8')
const explainedBy = (checker: string): readonly string[] =>
  [...explained.matchAll(/^```text\n(\w+):\n(.*?)^```$/gms)]
    .filter(([, name]) => name === checker)
    .flatMap(([, , lines = '']) => lines.trim().split('\n'))
    .toSorted()

describe.runIf(installed)('STILTS', () => {
  let folder = ''
  const tap = (): string => `${inject('baseUrl')}/tap`
  const stilts = (...args: string[]): Promise<string> => run('stilts', args)

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'waymark-stilts-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  describe('taplint', () => {
    // Each group of stages is a test of its own, so that a failure names its subject.
    const groups: Readonly<Record<string, string>> = {
      'table metadata': 'TMV TME TMS TMC',
      'capabilities and availability': 'CPV CAP AVV',
      'synchronous queries': 'TME QGE QPO',
      'asynchronous queries and jobs': 'TME QAS UWS',
      'columns of results': 'TME MDQ',
      uploads: 'TME CAP UPL',
      examples: 'TME CAP EXA',
    }
    it('misses data models that no registry has, and says nothing else about them', async () => {
      expect((await taplint(tap(), 'TME OBS LOC')).map(withoutNumber)).toEqual(explainedBy('taplintModels'))
    })

    for (const [subject, stages] of Object.entries(groups)) {
      it(`has nothing to say against ${subject}`, async () => {
        const remarks = await taplint(tap(), stages)
        // Warnings about capabilities come with every group that reads them; all of them have to be explained.
        expect(remarks.map(withoutNumber).toSorted()).toEqual(stages.includes('CAP') ? explainedBy('taplint') : [])
      })
    }
  })

  describe('tapquery', () => {
    // `poll` is refused where nothing is polled.
    const mode = (sync: string): string[] => (sync === 'true' ? ['sync=true'] : ['sync=false', 'poll=200'])
    const adql = "SELECT ivoid, res_title FROM rr.resource WHERE res_type='vs:catalogservice' ORDER BY ivoid"

    it('gets the same rows synchronously and asynchronously', async () => {
      const rows = await Promise.all(
        ['true', 'false'].map((sync) =>
          stilts('tapquery', `tapurl=${tap()}`, `adql=${adql}`, ...mode(sync), 'ofmt=csv'),
        ),
      )
      expect(rows[0]).toBe(rows[1])
      for (const catalog of shippedCatalogs) expect(rows[0]).toContain(catalog.ivoid.toLowerCase())
    })

    it('joins an uploaded table in each form it can send', async () => {
      const wanted = shippedCatalogs.slice(0, 3).map((catalog) => catalog.ivoid.toLowerCase())
      const upload = join(folder, 'ids.csv')
      writeFileSync(upload, `id,weight\n${wanted.map((ivoid, index) => `${ivoid},${index + 0.5}`).join('\n')}\n`)
      for (const form of ['TABLEDATA', 'BINARY', 'BINARY2']) {
        for (const sync of ['true', 'false']) {
          const answer = await stilts(
            ...['tapquery', `tapurl=${tap()}`, 'nupload=1', `upload1=${upload}`, 'ufmt1=csv', 'upname1=ids'],
            ...[`upvotformat=${form}`, ...mode(sync), 'ofmt=csv-noheader'],
            'adql=SELECT ids.id, weight FROM rr.resource JOIN TAP_UPLOAD.ids AS ids ON (ivoid=ids.id) ORDER BY weight',
          )
          const expected = wanted.map((ivoid, index) => `${ivoid},${index + 0.5}`)
          expect(answer.trim().split(/\r?\n/), `${form}, sync=${sync}`).toEqual(expected)
        }
      }
    })

    it('is told that more rows were there than it asked for', async () => {
      const answer = await stilts('tapquery', `tapurl=${tap()}`, `adql=${adql}`, 'sync=true', 'maxrec=2', 'ofmt=csv')
      expect(answer.trim().split('\n').length).toBe(3)
    })
  })

  it('tapresume finds a job of somebody else by its address', async () => {
    const form = new URLSearchParams({
      LANG: 'ADQL',
      PHASE: 'RUN',
      QUERY: 'SELECT TOP 2 ivoid FROM rr.resource ORDER BY 1',
    })
    const created = await fetch(`${tap()}/async`, { method: 'POST', body: form, redirect: 'manual' })
    const job = created.headers.get('location') ?? ''
    const rows = await stilts('tapresume', `joburl=${job}`, 'poll=200', 'delete=finished', 'ofmt=csv-noheader')
    expect(rows.trim().split(/\r?\n/)).toHaveLength(2)
    expect((await fetch(job)).status).toBe(404)
  })

  it('tapskymatch sends blocks of positions and its queries are understood', async () => {
    const positions = join(folder, 'positions.csv')
    writeFileSync(positions, 'ra,dec\n10,20\n30,40\n')
    // No table of a registry has positions; a column of numbers shows that the query runs.
    const matches = await stilts(
      ...['tapskymatch', `tapurl=${tap()}`, 'taptable=rr.resource'],
      ...['taplon=region_of_regard', 'taplat=region_of_regard', 'sr=0.01'],
      ...[`in=${positions}`, 'ifmt=csv', 'inlon=ra', 'inlat=dec', 'ofmt=csv'],
    )
    expect(matches).toMatch(/^ra,dec,ivoid,/)
  })

  describe('votlint', () => {
    const queries: Readonly<Record<string, string>> = {
      'every column of resources': 'SELECT TOP 50 * FROM rr.resource',
      coverage:
        'SELECT TOP 50 * FROM rr.stc_spatial NATURAL LEFT OUTER JOIN rr.stc_temporal NATURAL LEFT OUTER JOIN rr.stc_spectral',
      'columns of TAP_SCHEMA': 'SELECT * FROM tap_schema.columns',
      'computed values':
        "SELECT TOP 5 cap_index + 1 AS n, cap_index / 2.5 AS x, ivo_string_agg(standard_id, ', ') AS standards, COUNT(*) AS c, CAST('1' AS SMALLINT) AS s FROM rr.capability GROUP BY cap_index",
      shapes: 'SELECT TOP 1 POINT(1, 2) AS p, CIRCLE(1, 2, 3) AS c FROM rr.resource',
      polygons: 'SELECT TOP 1 POLYGON(1, 2, 3, 4, 5, 0) AS y FROM rr.resource',
      'no rows': "SELECT * FROM rr.interface WHERE ivoid = 'ivo://nowhere/at/all'",
    }
    const forms = ['TABLEDATA', 'BINARY', 'BINARY2'].map(
      (serialization) => `application/x-votable+xml;serialization=${serialization}`,
    )

    it('finds every form of every result clean', async () => {
      for (const [subject, adql] of Object.entries(queries)) {
        // votlint 3.4.7 stops at BINARY cells of xtype polygon and any length, which STIL itself reads: text only.
        const expected = subject === 'coverage' ? explainedBy('votlint').join('\n') : ''
        for (const form of subject === 'polygons' ? forms.slice(0, 1) : forms) {
          const remarks = await votlint(await answer({ QUERY: adql, RESPONSEFORMAT: form }))
          expect(remarks, `${subject}, ${form}`).toBe(expected)
        }
      }
    })

    it('finds results clean that were cut off or have metadata only', async () => {
      for (const form of forms) {
        for (const maxRows of ['1', '0']) {
          const file = await answer({ QUERY: 'SELECT * FROM rr.resource', RESPONSEFORMAT: form, MAXREC: maxRows })
          expect(await votlint(file), `${form}, MAXREC=${maxRows}`).toBe('')
        }
      }
    })

    it('finds error documents clean', async () => {
      expect(await votlint(await answer({ QUERY: 'SELECT nothing FROM nowhere' }, 400))).toBe('')
    })

    async function answer(parameters: Readonly<Record<string, string>>, status = 200): Promise<string> {
      const given = Object.entries({ LANG: 'ADQL', REQUEST: 'doQuery', ...parameters }).filter(
        ([, value]) => value !== '',
      )
      const response = await fetch(`${tap()}/sync`, { method: 'POST', body: new URLSearchParams(given) })
      expect(response.status, parameters.QUERY).toBe(status)
      const file = join(folder, 'answer.vot')
      writeFileSync(file, Buffer.from(await response.arrayBuffer()))
      return file
    }

    /** What votlint says, without the places. */
    async function votlint(file: string): Promise<string> {
      return (await printed('stilts', ['votlint', `votable=${file}`])).replaceAll(/ \(l\.\d+, c\.\d+\)/g, '')
    }
  })
})

/** The remarks of taplint, one a line, as `E-TMS-CTYP-1 text`, without the I and S lines. */
async function taplint(tapUrl: string, stages: string): Promise<readonly string[]> {
  const report = await printed('stilts', [
    'taplint',
    `tapurl=${tapUrl}`,
    `stages=${stages}`,
    'report=EWF',
    'maxrepeat=20',
  ])
  expect(report, `taplint ${stages} came to its end`).toMatch(/^Totals: /m)
  return report.split('\n').filter((line) => /^[EWF]-/.test(line))
}

/** `W-CAP-CULF-03 text` → `W-CAP-CULF text`: the number counts the remarks of a kind. */
function withoutNumber(remark: string): string {
  return remark.replace(/^(\w-\w+-\w+)-\d+/, '$1').trim()
}

/** All that a program printed, whatever its exit code: checkers end with one when they have something to say. */
function printed(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(command, args, { maxBuffer: 64 * 1024 * 1024, timeout: 280_000 }, (_error, stdout, stderr) => {
      resolve(`${stdout}${stderr}`.trim())
    })
  })
}
