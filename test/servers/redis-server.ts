import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { contentOf, findProgram, freePort, Program } from './program.js'

/** A program that speaks the protocol of Redis. */
export interface Engine {
  readonly name: 'Redis' | 'Valkey'
  readonly program: 'redis-server' | 'valkey-server'
  /** Why it cannot be started; undefined where it can. For `context.skip`, or a suite's `skipReason`. */
  readonly missing: string | undefined
}

const redis = engineOf('Redis', 'redis-server')

/** Both engines: the tests of the stores run on each. */
export const engines: readonly Engine[] = [redis, engineOf('Valkey', 'valkey-server')]

/** Why no Redis can be started; undefined where it can. */
export const redisMissing: string | undefined = redis.missing

function engineOf(name: Engine['name'], program: Engine['program']): Engine {
  return { name, program, missing: findProgram(program) === undefined ? `${program} is not installed` : undefined }
}

/** Hash slots from one to another, both included. */
type Slots = readonly [number, number]

/** What a server is; by default a Redis by itself. */
interface Start {
  readonly engine?: Engine
  /** Makes it a node of a cluster, which holds these slots. */
  readonly slots?: Slots
}

/** A Redis or Valkey of its own, on a free port of 127.0.0.1, in a temporary folder. */
export class RedisServer {
  readonly port: number
  readonly #engine: Engine
  readonly #folder: string
  /** Of a node of a cluster: the port on which the nodes talk to each other, and the slots that it holds. */
  readonly #place: { readonly bus: number; readonly slots: Slots } | undefined
  #program: Program

  private constructor(engine: Engine, folder: string, port: number, place: { bus: number; slots: Slots } | undefined) {
    this.port = port
    this.#engine = engine
    this.#folder = folder
    this.#place = place
    this.#program = this.#launch()
  }

  /** Starts one that answers. */
  static async start({ engine = redis, slots }: Start = {}): Promise<RedisServer> {
    const folder = await mkdtemp(join(tmpdir(), 'latchkey-redis-'))
    const place = slots && { bus: await freePort(), slots }
    const server = new RedisServer(engine, folder, await freePort(), place)
    await server.#answers()
    return server
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  /** The servers that it consists of: itself. A cluster has several. */
  get nodes(): readonly RedisServer[] {
    return [this]
  }

  /** Makes another node one of the same cluster. */
  async meet(other: RedisServer): Promise<void> {
    const client = new Redis(this.port, '127.0.0.1')
    await client.call('CLUSTER', 'MEET', '127.0.0.1', String(other.port), String(other.#place?.bus))
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
      ...(this.#place && {
        'cluster-enabled': 'yes',
        'cluster-port': String(this.#place.bus),
        'cluster-announce-ip': '127.0.0.1',
      }),
    }
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])
    return new Program(this.#engine.program, args)
  }

  /** Resolves once it answers, and holds its slots in a cluster. */
  async #answers(): Promise<void> {
    await this.#program.until(async () => {
      const client = new Redis(this.port, '127.0.0.1', { lazyConnect: true, retryStrategy: () => null })
      client.on('error', () => {})
      try {
        await client.connect()
        await client.ping()
        if (this.#place) await holdSlots(client, this.#place.slots)
      } finally {
        client.disconnect()
      }
    })
  }
}

async function holdSlots(client: Redis, slots: Slots): Promise<void> {
  const info = String(await client.call('CLUSTER', 'INFO'))
  if (info.includes('cluster_slots_assigned:0')) await client.call('CLUSTER', 'ADDSLOTSRANGE', ...slots.map(String))
}
