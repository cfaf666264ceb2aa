/** The part of a client of `ioredis` (`Redis` or `Cluster`) that the stores use. */
export interface IoRedisClient {
  readonly status: string
  connect(): Promise<unknown>
  disconnect(): void
  duplicate(): IoRedisClient
  eval(script: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>
  evalsha(hash: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>
  on(event: string, listener: (...values: unknown[]) => void): unknown
  subscribe(channel: string): Promise<unknown>
}

/** The part of a client of `redis` (node-redis: `createClient` or `createCluster`) that the stores use. */
export interface NodeRedisClient {
  readonly isOpen: boolean
  /** A cluster of redis 5 does not say it. */
  readonly isReady?: boolean
  connect(): Promise<unknown>
  destroy(): void
  duplicate(): NodeRedisClient
  eval(script: string, parameters: ScriptParameters): Promise<unknown>
  evalSha(hash: string, parameters: ScriptParameters): Promise<unknown>
  on(event: string, listener: (...values: unknown[]) => void): unknown
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>
}

/** The parameters of a Lua script. */
export interface ScriptParameters {
  /** The keys that it uses, `KEYS` in Lua. */
  keys: string[]
  /** Its other arguments, `ARGV` in Lua. */
  arguments: string[]
}

/** A client of one of the two libraries, connected or not yet connected. */
export type RedisClient = IoRedisClient | NodeRedisClient
