// `waymark rewrite` as the owner of a source tree meets it: patch, exit code, files changed and files left alone.
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { runCommandLine } from '../../src/commands/index.js'

const shipped = fileURLToPath(new URL('../../resources', import.meta.url))
const old = 'http://vao.stsci.edu/CAOMTAP/TapService.aspx'
const now = 'https://mast.stsci.edu/vo-tap/api/v0.1/caom'

// One catalog is enough, and read sooner than all of them.
let resources: string
beforeAll(() => {
  resources = mkdtempSync(join(tmpdir(), 'waymark-resources-'))
  const left = /mast\/(?!defaults|authority|caomtap|tables)[^/]+\.yaml$/
  cpSync(shipped, resources, { recursive: true, filter: (path) => !left.test(path) })
})
afterAll(() => rmSync(resources, { recursive: true, force: true }))

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waymark-rewrite-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function put(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  return path
}

async function rewrite(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = ''
  let err = ''
  const code = await runCommandLine(['rewrite', ...args, '--resources', resources], {
    environment: {},
    write: (text) => {
      out += text
    },
    writeError: (text) => {
      err += text
    },
    readInput: async function* () {},
    isTerminal: false,
  })
  return { code, out, err }
}

/** A source tree with one address for each kind of file. */
function plant(): void {
  put('a.py', `# first\n\nurl = "${old}"\n\n\n\n\n\n\n\nlast = '${old}/sync'`)
  put('src/B.java', `  String url = "${old}"; // caf\u00e9\r\n`)
  put('src/c.json', `{"tap":"${old.replaceAll('/', '\\/')}","id":"ivo://archive.stsci.edu/caomtap"}`)
  put('d.yaml', `tap: ${old}\n`)
  put('e.txt', `Ask ${old}.\n`)
  put(
    'f.ipynb',
    `{\n "cells": [{"outputs": [{"text": ["${old}"]}],\n   "source": ["u = '${old}'\\n"] }],\n "nbformat": 4}\n`,
  )
}

describe('rewrite', () => {
  it('prints a patch that git and patch apply, and writes nothing', async () => {
    plant()
    const before = readFileSync(join(folder, 'a.py'), 'utf8')
    const { code, out } = await rewrite(folder)
    expect(code).toBe(4)
    expect(readFileSync(join(folder, 'a.py'), 'utf8')).toBe(before)
    execFileSync('git', ['apply', '--check', '-p1', '-'], { input: relativePatch(out), cwd: folder })
    execFileSync('git', ['apply', '-p1', '-'], { input: relativePatch(out), cwd: folder })
    expect((await rewrite(folder)).code).toBe(0)
    expect(out).toContain(`-tap: ${old}\n+tap: ${now}\n`)
    expect(out).toContain('\\ No newline at end of file')
  })

  it('changes the files with --apply, and nothing but the addresses', async () => {
    plant()
    const { code, err } = await rewrite('--apply', folder)
    expect(err).toContain('7 former addresses in 6 files, 7 replaced')
    expect(code).toBe(0)
    const content = (name: string): string => readFileSync(join(folder, name), 'utf8')
    expect(content('a.py')).toBe(`# first\n\nurl = "${now}"\n\n\n\n\n\n\n\nlast = '${now}/sync'`)
    expect(content('src/B.java')).toBe(`  String url = "${now}"; // caf\u00e9\r\n`)
    expect(content('src/c.json')).toBe(`{"tap":"${now.replaceAll('/', '\\/')}","id":"ivo://archive.stsci.edu/caomtap"}`)
    // The output of the cell keeps what was printed then.
    expect(content('f.ipynb')).toBe(
      `{\n "cells": [{"outputs": [{"text": ["${old}"]}],\n   "source": ["u = '${now}'\\n"] }],\n "nbformat": 4}\n`,
    )
  })

  it('keeps the mode of a file, bytes of any encoding, and leaves no draft behind', async () => {
    const path = put('run.sh', Buffer.from(`# caf\u00e9 ${old}\n`, 'latin1'))
    chmodSync(path, 0o757)
    await rewrite('--apply', folder)
    expect(statSync(path).mode & 0o777).toBe(0o757)
    expect(readFileSync(path)).toEqual(Buffer.from(`# caf\u00e9 ${now}\n`, 'latin1'))
    expect(execFileSync('ls', ['-A', folder], { encoding: 'utf8' })).toBe('run.sh\n')
  })

  it('suggests to ask the registry, one line for each service', async () => {
    plant()
    const { err } = await rewrite(folder)
    expect(err.match(/pyvo\.registry\.search/g)).toHaveLength(1)
    expect(err).toContain("pyvo.registry.search(ivoid='ivo://archive.stsci.edu/caomtap')[0].get_service('tap')")
  })

  it('names with file, line and column what a person has to decide; pages change with --pages', async () => {
    put('x.md', 'a\n  http://vao.stsci.edu/directory/oai.aspx\n<http://vao.stsci.edu/CAOMTAP/querymanager.html>\n')
    const { code, out, err } = await rewrite(folder)
    expect(code).toBe(4)
    expect(out).toBe('')
    expect(err).toMatch(/x\.md:2:3: http:\/\/vao\.stsci\.edu\/directory\/oai\.aspx: no replacement is known/)
    expect(err).toMatch(/x\.md:3:2: .*a page, now at https:\/\/mast\.stsci\.edu\/vo-tap\/api\/v0\.1\/caom\//)
    expect((await rewrite('--pages', folder)).out).toContain(`+<${now}/>`)
  })

  it('gives JSON, one object per line', async () => {
    put('x.py', `x = 1; u = '${old}/async'\n`)
    const { out } = await rewrite('--format', 'json', folder)
    expect(
      out
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as unknown),
    ).toMatchObject([
      { line: 1, column: 13, url: `${old}/async`, kind: 'moved', newUrl: `${now}/async`, isReplaced: true },
    ])
  })

  it('does not look into .git, node_modules, binary files, excluded names and behind links', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'waymark-outside-'))
    try {
      writeFileSync(join(outside, 'x.py'), old)
      put('.git/x', old)
      put('deep/node_modules/x.js', old)
      put('x.bin', `\0${old}`)
      put('build/x.py', old)
      symlinkSync(outside, join(folder, 'folder-link'))
      symlinkSync(join(outside, 'x.py'), join(folder, 'file-link.py'))
      const { code, out, err } = await rewrite('--apply', folder, '--exclude', 'build')
      expect({ code, out, err }).toEqual({ code: 0, out: '', err: 'waymark: no former addresses\n' })
      expect(readFileSync(join(outside, 'x.py'), 'utf8')).toBe(old)
    } finally {
      rmSync(outside, { recursive: true, force: true })
    }
  })

  it('says so when a path is missing, and when a notebook cannot be read', async () => {
    expect(await rewrite(join(folder, 'none'))).toMatchObject({ code: 3, err: /nothing at/ })
    put('broken.ipynb', `{"cells": [{"source": "${old}`)
    expect((await rewrite(folder)).err).toMatch(/broken\.ipynb: left out: it is no notebook/)
  })

  it('reads a file larger than its buffer whole', async () => {
    const path = put('large.txt', `${'x'.repeat(700_000)}\n${old}\n`)
    await rewrite('--apply', path)
    const content = readFileSync(path, 'utf8')
    expect([content.length, content.slice(700_000)]).toEqual([700_000 + now.length + 2, `\n${now}\n`])
  })

  it('leaves the descriptors to "moves apply"', async () => {
    expect(await rewrite(resources)).toMatchObject({ code: 0, out: '' })
  })
})

/** Paths are given from the working directory; the patch is applied inside the folder. */
function relativePatch(patch: string): string {
  return patch.replace(/^(---|\+\+\+) ([ab])\/.*?waymark-rewrite-[^/]*\//gm, '$1 $2/')
}
