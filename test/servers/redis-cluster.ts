import { Redis } from 'ioredis'
import { RedisServer } from './redis-server.js'

/** A Redis Cluster of three masters on 127.0.0.1, a third of the slots each. */
export class RedisCluster {
  readonly nodes: readonly [RedisServer, RedisServer, RedisServer]

  static async start(): Promise<RedisCluster> {
    const nodes = await Promise.all([
      RedisServer.start({ cluster: true, slots: [0, 5460] }),
      RedisServer.start({ cluster: true, slots: [5461, 10_922] }),
      RedisServer.start({ cluster: true, slots: [10_923, 16_383] }),
    ])
    const [first, ...others] = nodes
    for (const other of others) await first.meet(other)
    for (const node of nodes) await isWhole(node)
    return new RedisCluster(nodes)
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

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()))
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
