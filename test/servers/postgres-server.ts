import { execFile } from 'node:child_process'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { type Account, accountOf, contentOf, findProgram, freePort, Program, versionsIn } from './program.js'

const run = promisify(execFile)
const debian = '/usr/lib/postgresql'
const folders = versionsIn(debian).map((version) => join(debian, version, 'bin'))
const path = findProgram('postgres', folders)
const initdb = findProgram('initdb', folders)

/** PostgreSQL refuses to run as root. */
const account: Account | undefined =
  process.getuid?.() === 0 ? (accountOf('postgres') ?? accountOf('nobody')) : undefined

/** Why no PostgreSQL can be started; undefined where it can. For `context.skip`, or a suite's `skipReason`. */
export const postgresMissing: string | undefined =
  path === undefined || initdb === undefined ? 'postgresql is not installed' : undefined

/** A PostgreSQL of its own, on a free port of 127.0.0.1, in a temporary folder. */
export class PostgresServer {
  readonly port: number
  readonly #folder: string
  #program: Program

  private constructor(port: number, folder: string) {
    this.port = port
    this.#folder = folder
    this.#program = this.#launch()
  }

  /** Starts one that answers. */
  static async start(): Promise<PostgresServer> {
    const folder = await mkdtemp(join(tmpdir(), 'latchkey-postgres-'))
    if (account !== undefined) await chown(folder, account.uid, account.gid)
    const args = ['--pgdata', join(folder, 'data'), '--username', 'postgres', '--auth', 'trust', '--no-sync']
    await run(initdb ?? 'initdb', [...args, '--encoding', 'UTF8', '--no-locale'], { cwd: folder, ...account })
    const server = new PostgresServer(await freePort(), folder)
    await server.#answers()
    return server
  }

  get url(): string {
    return `postgres://postgres@127.0.0.1:${this.port}/postgres`
  }

  /** The processes that serve connections stand still: connections stay, answers do not come. */
  async freeze(): Promise<void> {
    await this.#signalAll('STOP')
  }

  async thaw(): Promise<void> {
    await this.#signalAll('CONT')
  }

  /** An immediate end, as after a crash: connections break, and the next start recovers. */
  async kill(): Promise<void> {
    await this.#program.signal('SIGQUIT')
  }

  async restart(): Promise<void> {
    this.#program = this.#launch()
    await this.#answers()
  }

  /** All that it has written to its folder, in one piece. */
  dump(): Promise<Buffer> {
    return contentOf(this.#folder)
  }

  async stop(): Promise<void> {
    await this.kill()
    await rm(this.#folder, { recursive: true, force: true })
  }

  #launch(): Program {
    const settings = {
      listen_addresses: '127.0.0.1',
      port: String(this.port),
      unix_socket_directories: '',
      fsync: 'off',
      max_connections: '200',
      log_min_messages: 'fatal',
    }
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    return new Program(path ?? 'postgres', ['-D', join(this.#folder, 'data'), ...args], account)
  }

  async #answers(): Promise<void> {
    await this.#program.until(async () => {
      const client = new pg.Client(this.url)
      client.on('error', () => {})
      try {
        await client.connect()
        await client.query('select 1')
      } finally {
        await client.end()
      }
    })
  }

  async #signalAll(signal: 'STOP' | 'CONT'): Promise<void> {
    const { stdout } = await run('ps', ['-o', 'pid=', '--ppid', String(this.#program.child.pid)])
    const pids = [...stdout.trim().split(/\s+/), String(this.#program.child.pid)]
    for (const pid of pids) process.kill(Number(pid), `SIG${signal}`)
  }
}
