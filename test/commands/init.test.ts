// `waymark init`: from a few answers, or from options alone, to descriptors that have nothing wrong with them.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { projectPath } from '../../src/core/project-files.js'
import { waymark } from '../support/command-line.js'
import { hasShared, sharedFolder } from '../support/schemas.js'

const newFolder = () => join(mkdtempSync(join(tmpdir(), 'waymark-init-')), 'my resources')
const silent = ['--yes', '--authority', 'archive.example.edu']

describe('init', () => {
  it('asks nothing with --yes, and leaves descriptors without a finding', async () => {
    const folder = newFolder()
    const { code, out } = await waymark(['init', folder, ...silent])
    expect(code).toBe(0)
    expect(out).toContain(`waymark serve --resources '${folder}'`)
    const checked = await waymark([
      'validate',
      '--resources',
      folder,
      ...(hasShared ? ['--schemas', `${sharedFolder}/xsd`] : []),
    ])
    expect(checked).toMatchObject({ code: 0, out: expect.stringMatching(/^6 descriptors in .*: nothing to say\n$/) })
  })

  it('asks what no option says, again when an answer does not fit, and takes what stands in brackets', async () => {
    const folder = newFolder()
    const { code, out } = await waymark(
      ['init', folder, '--title', 'Our registry'],
      ['no/slash\n', 'vo.example.org\n', 'Observatory: "North" & {South}\n', '\nnobody\nhelp@vo.exa', 'mple.org\n'],
    )
    expect(code).toBe(0)
    expect(out.match(/^Naming authority$/gm)).toHaveLength(2)
    expect(out).toContain('Expected at least three letters')
    expect(out).toContain('[https://vo.example.org/] > ')
    expect(out).not.toContain('Name of the registry')
    const site = readFileSync(join(folder, 'site.yaml'), 'utf8')
    expect(site).toContain('email: help@vo.example.org')
    expect(readFileSync(join(folder, 'registry.yaml'), 'utf8')).toContain('title: Our registry')
    // Whatever is in the name of an organisation, it is text.
    expect(await waymark(['validate', '--resources', folder])).toMatchObject({
      code: 0,
      out: expect.stringContaining('nothing to say'),
    })
  })

  it('tells editors where the schema is', async () => {
    const folder = newFolder()
    await waymark(['init', folder, ...silent])
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const path = join(folder, file)
      const schema = /\$schema=(\S+)/.exec(file.endsWith('.yaml') ? readFileSync(path, 'utf8') : '')?.[1]
      if (schema !== undefined)
        expect(resolve(dirname(path), schema)).toBe(projectPath('schemas/descriptor.schema.json'))
    }
  })

  it('overwrites nothing', async () => {
    const folder = newFolder()
    mkdirSync(folder)
    writeFileSync(join(folder, 'mine.yaml'), 'title: mine\n')
    const { code, err } = await waymark(['init', folder, ...silent])
    expect(code).toBe(2)
    expect(err).toContain('holds descriptors already (mine.yaml)')
    expect(readdirSync(folder)).toEqual(['mine.yaml'])
  })

  it.each([
    [['--yes'], [], '--authority is needed'],
    [['--yes', '--authority', 'a/b'], [], '--authority is "a/b"; expected at least three'],
    [[], ['x.example\n'], 'x.example'],
    [[], [], 'There was no answer; give --authority'],
  ] as const)('needs an authority: %j %j', async (options, input, says) => {
    const { code, out, err } = await waymark(['init', newFolder(), ...options], input)
    if (says === 'x.example') expect([code, out]).toEqual([0, expect.stringContaining('Next:')])
    else expect([code, err]).toEqual([2, expect.stringContaining(says)])
  })
})
