// The rules of `moves rules nginx` in a real nginx: what a client that still comes to a former host gets.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommandLine } from '../../src/commands/index.js'
import { isInstalled } from './support.js'

const nginx = '/usr/sbin/nginx'
const caom = 'https://mast.stsci.edu/vo-tap/api/v0.1/caom'

describe.runIf(isInstalled('nginx', nginx, ['-v']))('nginx with the exported rules', () => {
  let folder: string
  let port: number
  let server: ChildProcess

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'waymark-nginx-'))
    mkdirSync(join(folder, 'logs'))
    port = await freePort()
    const rules = (await rulesFor('nginx')).replaceAll('listen 80;', `listen 127.0.0.1:${port};`)
    writeFileSync(join(folder, 'rules.conf'), rules)
    writeFileSync(join(folder, 'nginx.conf'), configuration(folder))
    execFileSync(nginx, ['-p', folder, '-c', join(folder, 'nginx.conf'), '-t', '-q'])
    server = spawn(nginx, ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: 'ignore' })
    await untilItAnswers(port)
  })
  afterAll(async () => {
    const ended = new Promise((resolve) => server.once('exit', resolve))
    server.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  })

  const ask = (path: string, options: { host?: string; method?: string; body?: string } = {}): Promise<Answer> =>
    send(port, path, { host: 'vao.stsci.edu', ...options })

  it.each([
    ['/CAOMTAP/TapService.aspx', caom],
    ['/caomtap/TAPSERVICE.ASPX/sync', `${caom}/sync`],
    ['//CAOMTAP//TapService.aspx/async/7/phase', `${caom}/async/7/phase`],
    ['/CAOMTAP/TapService.aspx/sync?LANG=ADQL&QUERY=SELECT%20a%2Bb', `${caom}/sync?LANG=ADQL&QUERY=SELECT%20a%2Bb`],
    ['/CAOMTAP/TapService.aspx?REQUEST=doQuery', `${caom}?REQUEST=doQuery`],
    ['/CAOMTAP/querymanager.html', `${caom}/`],
    ['/', 'https://mast.stsci.edu/vo-tap'],
  ])('sends %s to its present address with 308', async (path, location) => {
    expect(await ask(path)).toMatchObject({ status: 308, location })
  })

  it('keeps the method: a posted query is redirected, not turned into GET', async () => {
    const answer = await ask('/PS1DR2/tapservice.aspx/sync', { method: 'POST', body: 'LANG=ADQL&QUERY=SELECT+1' })
    expect(answer).toMatchObject({ status: 308, location: 'https://mast.stsci.edu/vo-tap/api/v0.1/ps1dr2/sync' })
  })

  it('answers 410 with a text where no replacement is known', async () => {
    const answer = await ask('/directory/oai.aspx?verb=Identify')
    expect(answer).toMatchObject({ status: 410, location: undefined, type: 'text/plain' })
    expect(answer.body).toMatch(/No replacement is known\. OAI-PMH interface .* More: http.*\/moved\?url=/)
    expect((await ask('/portal/Mashup/Clients/Portal/DataDiscovery.html')).type).toBe('text/plain')
  })

  it('takes the name of the host in any case, and knows several hosts', async () => {
    expect(await ask('/CAOMTAP/TapService.aspx', { host: 'VAO.stsci.edu:80' })).toMatchObject({ location: caom })
    expect(await ask('/vor10/getRecord.aspx?id=ivo://a/b', { host: 'nvo.stsci.edu' })).toMatchObject({ status: 410 })
  })

  it.each(['/CAOMTAP/TapService.aspx2', '/CAOMTAP', '/x/CAOMTAP/TapService.aspx'])(
    'knows nothing about %s',
    async (path) => {
      expect(await ask(path)).toMatchObject({ status: 404, location: undefined })
    },
  )

  it('lets nobody write headers', async () => {
    const answer = await ask('/CAOMTAP/TapService.aspx/%0d%0aSet-Cookie:%20a=b')
    expect(answer).toMatchObject({ status: 308, location: `${caom}/%0d%0aSet-Cookie:%20a=b`, cookies: undefined })
  })
})

describe.runIf(isInstalled('HAProxy', 'haproxy', ['-v']))('HAProxy with the exported rules', () => {
  it('accepts them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'waymark-haproxy-'))
    try {
      const file = join(folder, 'haproxy.cfg')
      writeFileSync(
        file,
        `defaults\n  mode http\n  timeout client 5s\n  timeout connect 5s\n  timeout server 5s\nfrontend former\n    bind 127.0.0.1:65001\n${await rulesFor('haproxy')}`,
      )
      execFileSync('haproxy', ['-c', '-q', '-f', file])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

async function rulesFor(name: string): Promise<string> {
  let rules = ''
  const code = await runCommandLine(['moves', 'rules', name], {
    environment: {},
    write: (text) => {
      rules += text
    },
    writeError: () => undefined,
    readInput: async function* () {},
    isTerminal: false,
  })
  expect(code).toBe(0)
  return rules
}

function configuration(folder: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `  ${name}_temp_path ${folder}/${name};`)
    .join('\n')
  return `daemon off; master_process off; pid ${folder}/nginx.pid; error_log ${folder}/logs/error.log;
events { }
http {
  access_log off;
${temporary}
  include ${folder}/rules.conf;
}
`
}

interface Answer {
  readonly status: number | undefined
  readonly location: string | undefined
  readonly type: string | undefined
  readonly cookies: readonly string[] | undefined
  readonly body: string
}

function send(
  port: number,
  path: string,
  { host, method = 'GET', body }: { readonly host: string; readonly method?: string; readonly body?: string },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers: { host }, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () =>
        resolve({
          status: response.statusCode,
          location: response.headers.location,
          type: response.headers['content-type'],
          cookies: response.headers['set-cookie'],
          body: text,
        }),
      )
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

async function untilItAnswers(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (
      await send(port, '/', { host: 'vao.stsci.edu' }).then(
        () => true,
        () => false,
      )
    )
      return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('nginx does not answer')
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
