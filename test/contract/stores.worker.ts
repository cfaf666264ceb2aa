import { type Clock, ConfigError, type ReplayStore } from '@latchkey/core'
import { memoryStore, type SessionStore } from '@latchkey/session'

/**
 * Takes the place of `stores.ts` in a Worker, where a connection belongs to the request that opened it. So the store is in
 * memory.
 */
export function openStore(name: unknown, clock: Clock | undefined): SessionStore {
  if (name === undefined || name === 'memory') return memoryStore(clock === undefined ? {} : { clock })
  throw new ConfigError("store must be 'memory' on workerd.")
}

/** As in `stores.ts`, but in memory, for the same reason. */
export async function openReplayStore(): Promise<ReplayStore> {
  throw new ConfigError('dpop.replay must be { memory: n } on workerd.')
}
