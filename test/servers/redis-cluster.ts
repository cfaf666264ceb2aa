import { Redis } from 'ioredis'
import { type Engine, RedisServer } from './redis-server.js'

/** A cluster of three masters on 127.0.0.1, a third of the slots each. */
export class RedisCluster {
  readonly nodes: readonly [RedisServer, RedisServer, RedisServer]

  static async start(engine: Engine): Promise<RedisCluster> {
    const nodes = await Promise.all([
      RedisServer.start({ engine, slots: [0, 5460] }),
      RedisServer.start({ engine, slots: [5461, 10_922] }),
      RedisServer.start({ engine, slots: [10_923, 16_383] }),
    ])
    const [first, ...others] = nodes
    for (const other of others) await first.meet(other)
    const cluster = new RedisCluster(nodes)
    await cluster.#isWhole()
    return cluster
  }

  private constructor(nodes: RedisCluster['nodes']) {
    this.nodes = nodes
  }

  /** Of one of them, which tells a client of the others. */
  get port(): number {
    return this.nodes[0].port
  }

  get url(): string {
    return this.nodes[0].url
  }

  /** All nodes stand still: connections stay, answers do not come. */
  async freeze(): Promise<void> {
    await this.#each((node) => node.freeze())
  }

  async thaw(): Promise<void> {
    await this.#each((node) => node.thaw())
  }

  async kill(): Promise<void> {
    await this.#each((node) => node.kill())
  }

  /** Starts all nodes again after `kill`. */
  async restart(): Promise<void> {
    await this.#each((node) => node.restart())
    await this.#isWhole()
  }

  async stop(): Promise<void> {
    await this.#each((node) => node.stop())
  }

  async #isWhole(): Promise<void> {
    await this.#each(isWhole)
  }

  async #each(action: (node: RedisServer) => Promise<void>): Promise<void> {
    await Promise.all(this.nodes.map(action))
  }
}

/** Resolves once a node knows who holds each slot. */
async function isWhole(node: RedisServer): Promise<void> {
  const client = new Redis(node.port, '127.0.0.1')
  const deadline = performance.now() + 30_000
  for (;;) {
    const info = String(await client.call('CLUSTER', 'INFO'))
    if (info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:3')) break
    if (performance.now() > deadline) throw new Error(info)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  client.disconnect()
}
