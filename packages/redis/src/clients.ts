/** What is needed of a client of `ioredis`: `Redis` or `Cluster`. */
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

/** What is needed of a client of `redis` (node-redis): `createClient` or `createCluster`. */
export interface NodeRedisClient {
  readonly isOpen: boolean
  readonly isReady: boolean
  connect(): Promise<unknown>
  destroy(): void
  duplicate(): NodeRedisClient
  eval(script: string, parameters: ScriptParameters): Promise<unknown>
  evalSha(hash: string, parameters: ScriptParameters): Promise<unknown>
  on(event: string, listener: (...values: unknown[]) => void): unknown
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>
}

/** What a script is given. */
export interface ScriptParameters {
  keys: string[]
  arguments: string[]
}

/** A client of one of the two libraries, connected or about to be. */
export type RedisClient = IoRedisClient | NodeRedisClient
