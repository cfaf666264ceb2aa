import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { contentOf, findProgram, freePort, Program } from './program.js'

const path = findProgram('redis-server') ?? findProgram('valkey-server')

/** Why no Redis can be started; undefined where it can. For `context.skip`, or a suite's `skipReason`. */
export const redisMissing: string | undefined = path === undefined ? 'redis-server is not installed' : undefined

/** Hash slots from one to another, both included. */
type Slots = readonly [number, number]

const allSlots: Slots = [0, 16_383]

/** A Redis of its own, on a free port of 127.0.0.1, in a temporary folder. */
export class RedisServer {
  readonly port: number
  readonly #folder: string
  /** Port on which the nodes of a cluster talk to each other. */
  readonly #bus: number | undefined
  readonly #slots: Slots
  #program: Program

  private constructor(port: number, folder: string, bus: number | undefined, slots: Slots) {
    this.port = port
    this.#slots = slots
    this.#folder = folder
    this.#bus = bus
    this.#program = this.#launch()
  }

  /**
   * Starts one that answers. `cluster`: a node of a cluster, which holds these slots; with all of them it is a cluster by itself.
   */
  static async start({
    cluster = false,
    slots = allSlots,
  }: {
    readonly cluster?: boolean
    readonly slots?: Slots
  } = {}): Promise<RedisServer> {
    const folder = await mkdtemp(join(tmpdir(), 'latchkey-redis-'))
    const server = new RedisServer(await freePort(), folder, cluster ? await freePort() : undefined, slots)
    await server.#answers()
    return server
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  /** Makes another node one of the same cluster. */
  async meet(other: RedisServer): Promise<void> {
    const client = new Redis(this.port, '127.0.0.1')
    await client.call('CLUSTER', 'MEET', '127.0.0.1', String(other.port), String(other.#bus))
    client.disconnect()
  }

  /** Stands still: connections stay, answers do not come. */
  async freeze(): Promise<void> {
    await this.#program.signal('SIGSTOP')
  }

  async thaw(): Promise<void> {
    await this.#program.signal('SIGCONT')
  }

  async kill(): Promise<void> {
    await this.#program.signal('SIGKILL')
  }

  /** Starts it again after `kill`, empty but for what it had written to its append-only file. */
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
    const options = {
      bind: '127.0.0.1',
      port: String(this.port),
      dir: this.#folder,
      save: '',
      rdbcompression: 'no',
      // Each write is with the operating system before it is answered: a killed process has lost nothing it promised.
      appendonly: 'yes',
      appendfsync: 'no',
      ...(this.#bus === undefined
        ? {}
        : { 'cluster-enabled': 'yes', 'cluster-port': String(this.#bus), 'cluster-announce-ip': '127.0.0.1' }),
    }
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])
    return new Program(path ?? 'redis-server', args)
  }

  /** Resolves once it answers, in a cluster once it serves all slots. */
  async #answers(): Promise<void> {
    await this.#program.until(async () => {
      const client = new Redis(this.port, '127.0.0.1', { lazyConnect: true, retryStrategy: () => null })
      client.on('error', () => {})
      try {
        await client.connect()
        await client.ping()
        if (this.#bus !== undefined) await serveSlots(client, this.#slots)
      } finally {
        client.disconnect()
      }
    })
  }
}

async function serveSlots(client: Redis, slots: Slots): Promise<void> {
  const info = String(await client.call('CLUSTER', 'INFO'))
  if (info.includes('cluster_state:ok')) return
  if (info.includes('cluster_slots_assigned:0')) await client.call('CLUSTER', 'ADDSLOTSRANGE', ...slots.map(String))
  // Without the others it is no whole cluster: nobody can wait for more.
  else if (slots !== allSlots) return
  throw new Error(info)
}
