// The rules of `moves rules` in real web servers: what a client that still comes to a former host gets from each.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommandLine } from '../../src/commands/index.js'
import { isInstalled } from './support.js'

const caom = 'https://mast.stsci.edu/vo-tap/api/v0.1/caom'

/** Cone searches: former and present addresses have queries of their own. */
const cones = `move: cones
title: Cone searches move
addresses:
  - { former: ['http://old.example/cone?cat=1&'], present: 'https://new.example/one?' }
  - { former: ['http://old.example/cone?cat=2&'], present: 'https://new.example/cone?cat=two' }
  - { former: ['http://old.example/record?id='], present: 'https://new.example/record?ivoid=' }
  - { former: ['http://old.example/sia'], present: 'https://new.example/sia?mission=hst%2Bx&' }
  - { former: ['http://old.example/gone?cat=1&'] }
`

interface WebServer {
  readonly title: string
  readonly program: string
  readonly rules: 'nginx' | 'apache' | 'haproxy'
  /** Writes the configuration for the port and gives the arguments that check it and those that serve. */
  configure(folder: string, port: number, rules: string): { readonly check: string[]; readonly serve: string[] }
}

const servers: readonly WebServer[] = [
  {
    title: 'nginx',
    program: '/usr/sbin/nginx',
    rules: 'nginx',
    configure(folder, port, rules) {
      const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
        .map((name) => `  ${name}_temp_path ${folder}/${name};\n`)
        .join('')
      const file = join(folder, 'nginx.conf')
      writeFileSync(
        file,
        `daemon off; master_process off; pid ${folder}/nginx.pid; error_log ${folder}/logs/error.log;
events { }
http {
  access_log off;
${temporary}${rules.replaceAll('listen 80;', `listen 127.0.0.1:${port};`)}
}
`,
      )
      const usual = ['-p', folder, '-c', file]
      return { check: [...usual, '-t', '-q'], serve: usual }
    },
  },
  {
    title: 'Apache httpd',
    program: '/usr/sbin/apache2',
    rules: 'apache',
    configure(folder, port, rules) {
      const file = join(folder, 'httpd.conf')
      writeFileSync(
        file,
        `ServerRoot "${folder}"
PidFile "${folder}/httpd.pid"
ErrorLog "${folder}/logs/error.log"
DefaultRuntimeDir "${folder}"
ServerName localhost
Listen 127.0.0.1:${port}
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule rewrite_module /usr/lib/apache2/modules/mod_rewrite.so
<VirtualHost *:${port}>
DocumentRoot "${folder}/pages"
${rules}</VirtualHost>
`,
      )
      const usual = ['-d', folder, '-f', file]
      return { check: [...usual, '-t'], serve: [...usual, '-D', 'FOREGROUND'] }
    },
  },
  {
    title: 'HAProxy',
    program: '/usr/sbin/haproxy',
    rules: 'haproxy',
    configure(folder, port, rules) {
      const file = join(folder, 'haproxy.cfg')
      writeFileSync(
        file,
        `defaults
    mode http
    timeout client 5s
    timeout connect 5s
    timeout server 5s
frontend former
    bind 127.0.0.1:${port}
${rules}
    http-request return status 404 content-type "text/plain" string "unknown"
`,
      )
      return { check: ['-c', '-q', '-f', file], serve: ['-q', '-f', file] }
    },
  },
]

describe.each(servers)('$title with the exported rules', (web) => {
  describe.runIf(isInstalled(web.title, web.program, ['-v']))('installed', () => {
    let folder: string
    let port: number
    let server: ChildProcess

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'waymark-rules-'))
      for (const name of ['logs', 'pages', 'resources']) mkdirSync(join(folder, name))
      cpSync('resources', join(folder, 'resources'), { recursive: true })
      writeFileSync(join(folder, 'resources/moves/cones.yaml'), cones)
      port = await freePort()
      const rules = await rulesFor(web.rules, join(folder, 'resources'))
      const { check, serve } = web.configure(folder, port, rules)
      execFileSync(web.program, check, { stdio: ['ignore', 'ignore', 'pipe'] })
      server = spawn(web.program, serve, { stdio: 'ignore' })
      await untilItAnswers(web.title, port)
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
      ['/CAOMTAP/TapService.aspx/sync?QUERY=a%3Fb%25&x=?', `${caom}/sync?QUERY=a%3Fb%25&x=?`],
      ['/CAOMTAP/querymanager.html', `${caom}/`],
      ['/', 'https://mast.stsci.edu/vo-tap'],
    ])('sends %s to its present address with 308', async (path, location) => {
      expect(await ask(path)).toMatchObject({ status: 308, location })
    })

    it('keeps the method: a posted query is redirected, not turned into GET', async () => {
      const answer = await ask('/PS1DR2/tapservice.aspx/sync', { method: 'POST', body: 'LANG=ADQL&QUERY=SELECT+1' })
      expect(answer).toMatchObject({ status: 308, location: 'https://mast.stsci.edu/vo-tap/api/v0.1/ps1dr2/sync' })
    })

    it.each([
      ['/cone?cat=1&RA=1&DEC=%2B2', 'https://new.example/one?RA=1&DEC=%2B2'],
      ['/CONE?CAT=1', 'https://new.example/one?'],
      ['/cone?cat=2&RA=1&DEC=2', 'https://new.example/cone?cat=two&RA=1&DEC=2'],
      ['/cone?cat=2&', 'https://new.example/cone?cat=two'],
      ['/record?id=ivo://a.b/c', 'https://new.example/record?ivoid=ivo://a.b/c'],
      ['/record?id=&x=y', 'https://new.example/record?ivoid=&x=y'],
      ['/sia', 'https://new.example/sia?mission=hst%2Bx&'],
      ['/sia?POS=1,2&SIZE=%30', 'https://new.example/sia?mission=hst%2Bx&POS=1,2&SIZE=%30'],
      ['/sia/capabilities?a=b?c', 'https://new.example/sia/capabilities?mission=hst%2Bx&a=b?c'],
      ['/sia?x=a%3Fb%25', 'https://new.example/sia?mission=hst%2Bx&x=a%3Fb%25'],
      ['/sia/capabilities', 'https://new.example/sia/capabilities?mission=hst%2Bx'],
    ])('puts parameters behind an address with a query: %s', async (path, location) => {
      const answer = await ask(path, { host: 'old.example' })
      expect(answer.status).toBe(308)
      // httpd leaves out a ? or & that ends an address; it says the same without.
      expect(answer.location?.replace(/[?&]$/, '')).toBe(location.replace(/[?&]$/, ''))
    })

    it('tells queries apart: cat=12 is not cat=1', async () => {
      expect(await ask('/cone?cat=12&RA=1', { host: 'old.example' })).toMatchObject({ status: 404 })
      expect(await ask('/gone?cat=1&RA=1', { host: 'old.example' })).toMatchObject({ status: 410 })
      expect(await ask('/gone?cat=12&RA=1', { host: 'old.example' })).toMatchObject({ status: 404 })
    })

    it('answers 410 with a text where no replacement is known', async () => {
      const answer = await ask('/directory/oai.aspx?verb=Identify')
      expect(answer).toMatchObject({ status: 410, location: undefined })
      expect(answer.body).toMatch(/More(?: about it)?: http.*\/moved/)
      if (web.rules !== 'apache') {
        expect(answer.type).toBe('text/plain')
        expect(answer.body).toMatch(/No replacement is known\. OAI-PMH interface .* More: http.*\/moved\?url=/)
      }
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

    it.each([
      ['/CAOMTAP/TapService.aspx/%0d%0aSet-Cookie:%20a=b', 'vao.stsci.edu'],
      ['/CAOMTAP/TapService.aspx/sync?x=%0d%0aSet-Cookie:%20a=b', 'vao.stsci.edu'],
      ['/sia?x=%0d%0aSet-Cookie:%20a=b', 'old.example'],
    ])('lets nobody write headers with %s', async (path, host) => {
      const answer = await ask(path, { host })
      expect(answer).toMatchObject({ status: 308, cookies: undefined })
      expect(answer.location?.endsWith('%0d%0aSet-Cookie:%20a=b')).toBe(true)
    })
  })
})

async function rulesFor(name: string, resources: string): Promise<string> {
  let rules = ''
  const code = await runCommandLine(['moves', 'rules', name, '--resources', resources], {
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

async function untilItAnswers(title: string, port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (
      await send(port, '/', { host: 'vao.stsci.edu' }).then(
        () => true,
        () => false,
      )
    )
      return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`${title} does not answer`)
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
