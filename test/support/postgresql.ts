// A PostgreSQL server of our own for tests: a private cluster on a socket in a temporary folder, gone at the end.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

const installations = '/usr/lib/postgresql'
const oldestVersion = 15

/** Folder of the server's programs; undefined where no PostgreSQL 15 or later is installed. */
export function postgresqlPrograms(): string | undefined {
  const versions = existsSync(installations) ? readdirSync(installations).map(Number) : []
  const version = Math.max(...versions.filter((number) => number >= oldestVersion))
  const folder = join(installations, String(version), 'bin')
  return existsSync(join(folder, 'initdb')) ? folder : undefined
}

export class PostgresqlServer {
  private constructor(
    private readonly folder: string,
    private readonly server: ChildProcess,
  ) {}

  static async start(programs: string): Promise<PostgresqlServer> {
    const folder = mkdtempSync(join(tmpdir(), 'waymark-pg-'))
    const data = join(folder, 'data')
    // The server refuses to run as root.
    const isRoot = process.getuid?.() === 0
    if (isRoot) chownSync(folder, idOf('-u'), idOf('-g'))
    else chmodSync(folder, 0o700)
    const prefix = isRoot ? ['runuser', '-u', 'postgres', '--'] : []
    const [program = '', ...initialize] = [
      ...prefix,
      join(programs, 'initdb'),
      '-D',
      data,
      '-U',
      'postgres',
      '--auth=trust',
    ]
    execFileSync(program, [...initialize, '--no-sync', '--no-instructions', '--encoding=UTF8', '--locale=C.UTF-8'], {
      stdio: 'ignore',
      cwd: folder,
    })
    const settings = ['fsync=off', 'listen_addresses=', `unix_socket_directories=${folder}`, 'shared_buffers=64MB']
    const [command = '', ...args] = [...prefix, join(programs, 'postgres'), '-D', data]
    const server = spawn(command, [...args, ...settings.flatMap((setting) => ['-c', setting])], {
      stdio: 'ignore',
      cwd: folder,
    })
    const started = new PostgresqlServer(folder, server)
    await started.waitUntilReady()
    return started
  }

  /** Address of a new empty database. */
  async createDatabase(locale = 'C.UTF-8'): Promise<string> {
    const name = `test_${randomUUID().replaceAll('-', '')}`
    await this.run(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8' LOCALE '${locale}'`)
    return this.addressOf(name)
  }

  addressOf(database: string, user = 'postgres'): string {
    return `postgresql://${user}@/${database}?host=${encodeURIComponent(this.folder)}`
  }

  async run(statement: string, database = 'postgres'): Promise<readonly unknown[]> {
    const client = new pg.Client(this.addressOf(database))
    await client.connect()
    try {
      return (await client.query(statement)).rows
    } finally {
      await client.end()
    }
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.server.once('exit', resolve))
    const programs = postgresqlPrograms() ?? ''
    const isRoot = process.getuid?.() === 0
    const stop = [join(programs, 'pg_ctl'), 'stop', '-D', join(this.folder, 'data'), '-m', 'immediate']
    const [command = '', ...args] = isRoot ? ['runuser', '-u', 'postgres', '--', ...stop] : stop
    execFileSync(command, args, { stdio: 'ignore', cwd: this.folder })
    await ended
    rmSync(this.folder, { recursive: true, force: true })
  }

  private async waitUntilReady(): Promise<void> {
    for (let attempt = 0; attempt < 200; attempt += 1) {
      if (
        await this.run('SELECT 1').then(
          () => true,
          () => false,
        )
      )
        return
      await sleep(50)
    }
    throw new Error('the PostgreSQL server for the tests did not start')
  }
}

function idOf(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
}
