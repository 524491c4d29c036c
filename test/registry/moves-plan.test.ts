// `moves plan` and `moves apply`: descriptors follow a move, comments, layout and identifiers stay.
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { editAddresses } from '../../src/registry/moves-edit.js'
import { loadMoves, type MoveFile, readMoves } from '../../src/registry/moves-file.js'
import { indexMoves } from '../../src/registry/moves-lookup.js'
import { applyMove, planMove, planText, readMoveFile } from '../../src/registry/moves-plan.js'
import { collectMoves } from '../../src/registry/moves-rows.js'
import { movableResources } from '../../src/registry/moves-source.js'
import { buildRecord } from '../../src/voresource/build.js'
import { loadResources } from '../../src/voresource/load.js'
import { readSourceFile } from '../../src/voresource/source-file.js'

const secondMove = `
move: 2026-mast-catalogs
title: Large catalogs of MAST move into one service
addresses:
  - former: [https://mast.stsci.edu/vo-tap/api/v0.1/ps1dr2]
    present: https://mast.stsci.edu/vo-tap/api/v0.1/mast_catalogs
    renamedTables: { dbo.MeanObject: ps1_dr2.mean_object, dbo.Detection: ps1_dr2.detection }
  - former: [https://mast.stsci.edu/vo-tap/api/v0.1/tic]
    present: https://mast.stsci.edu/vo-tap/api/v0.1/mast_catalogs
    renamedTables: { dbo.CatalogRecord: tic_v82.source }
`

function copyOfResources(): { readonly folder: string; readonly moveFile: string } {
  const base = mkdtempSync(join(tmpdir(), 'waymark-moves-'))
  const folder = join(base, 'resources')
  // The two catalogs that move, and one that does not.
  const parts = ['ps1dr2tap', 'tic', 'hsc'].flatMap((name) => [`mast/${name}.yaml`, `mast/tables/${name}.yaml`])
  for (const part of ['site.yaml', 'mast/defaults.yaml', 'moves', ...parts])
    cpSync(join('resources', part), join(folder, part), { recursive: true })
  writeFileSync(join(base, 'move.yaml'), secondMove)
  return { folder, moveFile: join(base, 'move.yaml') }
}

async function indexOf(folder: string) {
  const { descriptors, findings } = await loadResources(folder)
  const { moves, findings: moveFindings } = await loadMoves(folder)
  expect([...findings, ...moveFindings]).toEqual([])
  const context = { self: { baseUrl: 'http://localhost:8080' } }
  const built = descriptors
    .filter(({ descriptor }) => !('self' in descriptor && descriptor.self === true))
    .map((one) => ({ ...one, xml: buildRecord(one.descriptor, context) }))
  return indexMoves({ ...collectMoves(movableResources(built), moves), present: [] })
}

describe('a second move', () => {
  it('is planned without writing anything', async () => {
    const { folder, moveFile } = copyOfResources()
    const before = readFileSync(join(folder, 'mast/tic.yaml'), 'utf8')
    const plan = await planMove(folder, await readMoveFile(moveFile))
    expect(plan.files.map(({ file, ivoids }) => [file, ...ivoids])).toEqual([
      ['mast/ps1dr2tap.yaml', 'ivo://archive.stsci.edu/ps1dr2tap'],
      ['mast/tic.yaml', 'ivo://mast.example/tap/tic'],
    ])
    expect(planText(plan)).toContain('+ https://mast.stsci.edu/vo-tap/api/v0.1/mast_catalogs')
    expect(readFileSync(join(folder, 'mast/tic.yaml'), 'utf8')).toBe(before)
  })

  it('changes the addresses and nothing else', async () => {
    const { folder, moveFile } = copyOfResources()
    const before = readFileSync(join(folder, 'mast/ps1dr2tap.yaml'), 'utf8').split('\n')
    await applyMove(folder, await planMove(folder, await readMoveFile(moveFile)), moveFile)
    const after = readFileSync(join(folder, 'mast/ps1dr2tap.yaml'), 'utf8').split('\n')
    expect(before.filter((line) => !after.includes(line))).toEqual([
      '    accessUrl: https://mast.stsci.edu/vo-tap/api/v0.1/ps1dr2',
    ])
    expect(after.filter((line) => !before.includes(line))).toEqual([
      '    accessUrl: https://mast.stsci.edu/vo-tap/api/v0.1/mast_catalogs',
      `      - { url: 'https://mast.stsci.edu/vo-tap/api/v0.1/ps1dr2', renamedTables: {"dbo.MeanObject":"ps1_dr2.mean_object","dbo.Detection":"ps1_dr2.detection"} }`,
    ])
  })

  it('makes chains that resolve to the end, with the tables renamed on the way', async () => {
    const { folder, moveFile } = copyOfResources()
    await applyMove(folder, await planMove(folder, await readMoveFile(moveFile)), moveFile)
    const index = await indexOf(folder)
    const answer = index.lookUp('http://vao.stsci.edu/PS1DR2/TapService.aspx/async')
    expect(answer).toMatchObject({
      status: 'moved',
      newUrl: 'https://mast.stsci.edu/vo-tap/api/v0.1/mast_catalogs/async',
      ivoid: 'ivo://archive.stsci.edu/ps1dr2tap',
    })
    expect(answer.steps).toHaveLength(2)
    const tables = (url: string) =>
      index.lookUp(url).changes.flatMap((one) => (one.what === 'table' ? [[one.former, one.present]] : []))
    expect(tables('http://vao.stsci.edu/PS1DR2/TapService.aspx')).toEqual([
      ['dbo.MeanObject', 'ps1_dr2.mean_object'],
      ['dbo.Detection', 'ps1_dr2.detection'],
    ])
    expect(tables('https://mast.stsci.edu/vo-tap/api/v0.1/tic')).toEqual([['dbo.CatalogRecord', 'tic_v82.source']])
  })

  it('has nothing to do when it has been applied', async () => {
    const { folder, moveFile } = copyOfResources()
    await applyMove(folder, await planMove(folder, await readMoveFile(moveFile)), moveFile)
    expect((await planMove(folder, await readMoveFile(moveFile))).files).toEqual([])
  })

  it('is refused when a file has changed since the plan', async () => {
    const { folder, moveFile } = copyOfResources()
    const plan = await planMove(folder, await readMoveFile(moveFile))
    const tic = join(folder, 'mast/tic.yaml')
    writeFileSync(tic, `# edited meanwhile\n${readFileSync(tic, 'utf8')}`)
    const ps1 = readFileSync(join(folder, 'mast/ps1dr2tap.yaml'), 'utf8')
    await expect(applyMove(folder, plan, moveFile)).rejects.toThrow(/tic\.yaml has changed since the plan/)
    expect(readFileSync(join(folder, 'mast/ps1dr2tap.yaml'), 'utf8')).toBe(ps1)
  })
})

describe('the move of 2025, replayed', () => {
  it('brings descriptors with the old addresses to the shipped ones', async () => {
    const { moves } = await loadMoves('resources')
    const move = moves.find((one) => one.move === '2025-vo-tap')!
    for (const file of ['caomtap', 'regtap', 'ps1dr2tap', 'hsc']) {
      const shipped = readFileSync(`resources/mast/${file}.yaml`, 'utf8')
      const former = [...shipped.matchAll(/\{ url: '([^']*)', until: [\d-]* \}/g)].map((match) => match[1])
      const old = shipped
        .replace(/( +)formerAccessUrls:\n( +- .*\n)*/, '')
        .replace(/accessUrl: .*/, `accessUrl: ${former[0]}`)
      expect(old).not.toContain('formerAccessUrls')
      expect(editAddresses(old, move).text).toBe(shipped)
    }
  })
})

describe('an edit', () => {
  const [move] = readMoves([
    readSourceFile(
      'move.yaml',
      `{move: m, title: t, closed: 2026-01-01, addresses: [{former: ['http://old.example/tap'], present: 'https://new.example/tap'}]}`,
    ),
  ]).moves as [MoveFile]

  it.each([
    ['plain', 'capabilities:\n  - type: tr:TableAccess\n    accessUrl: http://old.example/tap  # where it is\n'],
    ['the last line without end', 'capabilities:\n  - accessUrl: "HTTPS://OLD.example/tap/"'],
    [
      'flow style',
      'capabilities: [{ type: tr:TableAccess, accessUrl: "http://old.example/tap", endpoints: [tables] }]\n',
    ],
    ['JSON', '{"capabilities":[{"type":"tr:TableAccess","accessUrl":"http://old.example/tap"}]}'],
    [
      'a list that is there',
      `capabilities:\n  - accessUrl: http://old.example/tap\n    formerAccessUrls:\n      - url: http://older.example/tap\n        note: >-\n          folded\n          text\n    endpoints: [tables]\n`,
    ],
    [
      'a list in flow style',
      'capabilities:\n  - accessUrl: http://old.example/tap\n    formerAccessUrls: [{ url: http://older.example/tap }]\n',
    ],
    [
      'an interface',
      'capabilities:\n  - type: vr:Capability\n    interfaces:\n      - type: vs:ParamHTTP\n        accessUrl: http://old.example/tap\n',
    ],
  ])('keeps the file readable: %s', (_name, text) => {
    const { text: after, edits } = editAddresses(text, move)
    expect(edits).toHaveLength(1)
    const capability = (parse(after) as { capabilities: [Record<string, unknown>] }).capabilities[0]
    const before = (parse(text) as { capabilities: [Record<string, unknown>] }).capabilities[0]
    expect(JSON.stringify(capability)).toContain('"accessUrl":"https://new.example/tap"')
    const former = (after.match(/formerAccessUrls/g) ?? []).length
    expect(former).toBe(1)
    expect(JSON.stringify(parse(after))).toContain('"http://old.example/tap"')
    for (const key of ['type', 'endpoints']) expect(capability[key]).toEqual(before[key])
    for (const comment of text.match(/#.*/g) ?? []) expect(after).toContain(comment)
  })

  it('keeps what stands behind the address, and leaves other addresses and identifiers alone', () => {
    const text = [
      'referenceUrl: http://old.example/tap/doc?x=1',
      'altIdentifiers: [ivo://old.example/tap]',
      'description: See http://old.example/tap',
      'capabilities:',
      '  - accessUrl: http://old.example/tap2',
      '',
    ].join('\n')
    expect(editAddresses(text, move).text).toBe(
      text.replace('http://old.example/tap/doc', 'https://new.example/tap/doc'),
    )
  })
})

describe('a move file', () => {
  it.each([
    ['{move: M, title: t, addresses: [{former: [http://a.b/c]}]}', 'move is "M"'],
    ['{move: m, addresses: [{former: [http://a.b/c]}]}', 'title is missing'],
    ['{move: m, title: t, addresses: [{former: [ivo://a.b/c]}]}', 'has not the expected form'],
    ['{move: m, title: t, adresses: []}', 'adresses'],
    ['{move: m, title: t, addresses: [{former: [http://a.b/c], present: https://A.B/c/}]}', 'moves to itself'],
    [
      '{move: m, title: t, addresses: [{former: [http://a.b/c], present: http://x.y/1}, {former: [https://a.b/C], present: http://x.y/2}]}',
      'has gone to http://x.y/1 already',
    ],
    ['move: m\n\ttitle: t', 'Tabs'],
  ])('%s is refused with the place', (text, message) => {
    const { findings } = readMoves([readSourceFile('moves/bad.yaml', text)])
    expect(findings.map((one) => `${one.file}:${one.line} ${one.message}`).join('\n')).toMatch(
      new RegExp(`moves/bad.yaml:\\d+ .*${message.replace(/[.?]/g, '\\$&')}`, 'i'),
    )
  })
})
