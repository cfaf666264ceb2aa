import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../dist/contract/main.js', import.meta.url))

/**
 * What starts a contract server, the framework's name to be appended. The suite knows nothing else of it, so another
 * implementation is tested by setting CONTRACT_COMMAND, e.g. to `npx -y pnpm@10 contract`.
 */
const command: readonly string[] = process.env['CONTRACT_COMMAND']?.split(' ') ?? [process.execPath, main]

const named = process.env['CONTRACT_FRAMEWORKS']?.split(',')

/** The frameworks under test: CONTRACT_FRAMEWORKS, separated by commas, or those with an adapter of Node's. */
export const frameworks: readonly string[] = named ?? ['fastify', 'express', 'express4', 'hono']

/** As above, but by default also what is built on these, where a suite is quick enough. */
export const everyFramework: readonly string[] = named ?? [...frameworks, 'fetch', 'nest-fastify', 'nest-express']

/** A contract server's configuration, as JSON. */
export type Configuration = { readonly [member: string]: unknown }

/** How a process ended and what it had said. */
export interface Ending {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const startPatience = 60_000
const readyLine = /^listening on https?:\/\/127\.0\.0\.1:(\d+)$/m

/** A running contract server. */
export class ContractServer {
  readonly framework: string
  readonly port: number
  readonly #process: LaunchedProcess

  constructor(framework: string, port: number, process: LaunchedProcess) {
    this.framework = framework
    this.port = port
    this.#process = process
  }

  get stdout(): string {
    return this.#process.stdout
  }

  get stderr(): string {
    return this.#process.stderr
  }

  /** Asks it to end, and says how it ended and after how many milliseconds. */
  async stop(): Promise<Ending & { readonly milliseconds: number }> {
    const startedAt = performance.now()
    this.#process.child.kill('SIGTERM')
    const ending = await this.#process.ended
    return { ...ending, milliseconds: performance.now() - startedAt }
  }

  /** Ends it in the middle of whatever it is doing. */
  async kill(): Promise<void> {
    this.#process.child.kill('SIGKILL')
    await this.#process.ended
  }
}

/** Starts a contract server and waits for its ready line. Rejects with what it said where it ends before. */
export async function startServer(framework: string, configuration: Configuration, port = 0): Promise<ContractServer> {
  const process = new LaunchedProcess(framework, configuration, port)
  const ready = await process.ready
  if (ready === undefined) {
    const { code, stderr } = await process.ended
    throw new Error(`the ${framework} server ended with ${code} before it was ready: ${stderr}`)
  }
  return new ContractServer(framework, ready, process)
}

/** Starts a contract server whose configuration is to be refused, and waits for its end. One that starts is ended. */
export async function startRefused(framework: string, configuration: Configuration): Promise<Ending> {
  const process = new LaunchedProcess(framework, configuration, 0)
  if ((await process.ready) !== undefined) process.child.kill('SIGTERM')
  return process.ended
}

const running = new Set<ChildProcess>()
// A run that is broken off leaves no server behind.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

class LaunchedProcess {
  readonly child: ChildProcess
  /** The port of the ready line; undefined where the process ends before it. */
  readonly ready: Promise<number | undefined>
  readonly ended: Promise<Ending>
  stdout = ''
  stderr = ''

  constructor(framework: string, configuration: Configuration, port: number) {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-conformance-'))
    const file = join(folder, 'config.json')
    writeFileSync(file, JSON.stringify(configuration))
    const [program = '', ...args] = command
    const env = { ...process.env, CONTRACT_CONFIG: file, PORT: String(port) }
    const child = spawn(program, [...args, framework], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    this.child = child
    running.add(child)
    this.ended = new Promise((resolve) => {
      child.on('close', (code) => {
        running.delete(child)
        rmSync(folder, { recursive: true, force: true })
        resolve({ code, stdout: this.stdout, stderr: this.stderr })
      })
    })
    this.ready = new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        child.kill('SIGKILL')
        reject(new Error(`the ${framework} server was not ready in time: ${this.stderr}`))
      }, startPatience)
      const settle = (value: number | undefined): void => {
        clearTimeout(timer)
        resolve(value)
      }
      child.stdout?.on('data', (chunk: Buffer) => {
        this.stdout += chunk.toString()
        const found = readyLine.exec(this.stdout)?.[1]
        if (found !== undefined && this.stdout.endsWith('\n')) settle(Number(found))
      })
      child.stderr?.on('data', (chunk: Buffer) => {
        this.stderr += chunk.toString()
      })
      child.on('close', () => settle(undefined))
    })
  }
}
