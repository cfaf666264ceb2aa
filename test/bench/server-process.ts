import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onCore } from './cores.js'
import type { ServerContext, ServerCount } from './servers/context.js'

/** A server in a process of its own, on the first processor core where cores can be chosen. */
export class ServerProcess {
  readonly name: string
  readonly #child: ChildProcess
  #port = 0

  private constructor(name: string, child: ChildProcess) {
    this.name = name
    this.#child = child
  }

  static async start(framework: string, guard: string, context: ServerContext): Promise<ServerProcess> {
    const path = fileURLToPath(new URL('./servers/main.js', import.meta.url))
    // On one core the collector's helper threads would wait for each other, in some processes more than in others.
    const [execPath = process.execPath, ...execArgv] = onCore(0, [process.execPath, '--single-threaded-gc'])
    const child = fork(path, [framework, guard, JSON.stringify(context)], {
      execPath,
      execArgv,
      env: { ...process.env, NODE_ENV: 'production' },
    })
    const started = new ServerProcess(guard, child)
    const [port] = await Promise.race([once(child, 'message'), once(child, 'exit')])
    if (child.exitCode !== null) throw new Error(`The server ${framework} ${guard} did not start.`)
    started.#port = port
    return started
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`
  }

  /** What it has done so far. */
  async count(): Promise<ServerCount> {
    this.#child.send('how much?')
    const [count] = (await once(this.#child, 'message')) as [ServerCount]
    return count
  }

  stop(): void {
    this.#child.disconnect()
  }
}
