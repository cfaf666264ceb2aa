import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { accessSync, constants, readdirSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { delimiter, join } from 'node:path'

/** Where a program is: in PATH, or in one of the folders given; undefined where it is not installed. */
export function findProgram(name: string, folders: readonly string[] = []): string | undefined {
  const paths = [...folders, ...(process.env['PATH'] ?? '').split(delimiter)].map((folder) => join(folder, name))
  return paths.find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The folders in another one, newest version first; none where there is no such folder. */
export function versionsIn(folder: string): readonly string[] {
  try {
    const byVersion = (a: string, b: string) => Number(b) - Number(a)
    return readdirSync(folder).sort(byVersion)
  } catch {
    return []
  }
}

/**
 * A port on 127.0.0.1 that nobody listens on. Below those that systems give to outgoing connections, so that it is still free
 * when a server is started on it for the second time.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_000)
    if (await canListen(port)) return port
  }
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.on('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

/** The content of all files in a folder and those below it. */
export async function contentOf(folder: string): Promise<Buffer> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => readFile(join(entry.parentPath, entry.name)))
  return Buffer.concat(await Promise.all(files))
}

/** Whose rights a program gets. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

/** The account of that name; undefined where there is none. */
export function accountOf(user: string): Account | undefined {
  const [uid, gid] = ['-u', '-g'].map((flag) =>
    Number(spawnSync('id', [flag, user], { encoding: 'utf8' }).stdout || NaN),
  )
  return uid === undefined || gid === undefined || Number.isNaN(uid + gid) ? undefined : { uid, gid }
}

/** Where and as whom a program runs; by default as this process does. */
export interface Surroundings extends Partial<Account> {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
}

/** A running server program, which dies with this process. */
export class Program {
  readonly child: ChildProcess
  readonly ended: Promise<void>
  output = ''

  constructor(path: string, args: readonly string[], surroundings?: Surroundings) {
    this.child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'], ...surroundings })
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.output = (this.output + chunk).slice(-20_000)
      })
    }
    this.ended = new Promise((resolve) => this.child.once('close', () => resolve()))
    const kill = () => this.child.kill('SIGKILL')
    process.once('exit', kill)
    this.child.once('close', () => process.off('exit', kill))
  }

  /** Sends a signal, and waits for the end where it brings the end. */
  async signal(name: 'SIGTERM' | 'SIGINT' | 'SIGQUIT' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    this.child.kill(name)
    if (name !== 'SIGSTOP' && name !== 'SIGCONT') await this.ended
  }

  /** Tries until it succeeds, every 50 ms; rejects with what the program has said where it ends before, or after 30 s. */
  async until<T>(attempt: () => Promise<T>): Promise<T> {
    const deadline = Date.now() + 30_000
    for (;;) {
      try {
        return await attempt()
      } catch (error) {
        if (this.child.exitCode !== null || this.child.signalCode !== null || Date.now() > deadline) {
          throw new Error(`The server did not start:\n${this.output}`, { cause: error })
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}
