import {
  ConfigError,
  createDpop,
  createMtls,
  type Dpop,
  type Mtls,
  memoryReplayStore,
  type ReplayStore,
} from '@latchkey/core'
import { isObject } from './is-object.js'

/** The options that prove bound tokens. Absent if the configuration has none. */
export interface BindingOptions {
  readonly dpop?: Dpop
  readonly mtls?: Mtls
}

/** Makes the options from the members `dpop` and `mtls` of a configuration. Their contents go to the library as they are. */
export async function readBinding(dpop: unknown, mtls: unknown): Promise<BindingOptions> {
  return {
    ...(dpop === undefined ? {} : { dpop: await readDpop(dpop) }),
    ...(mtls === undefined ? {} : { mtls: createMtls(mtls as never) }),
  }
}

async function readDpop(options: unknown): Promise<Dpop> {
  if (!isObject(options)) return createDpop(options as never)
  const { replay, nonce, ...rest } = options
  return createDpop({
    ...rest,
    ...(nonce === undefined ? {} : { nonce: withSecretBytes(nonce) }),
    ...(replay === undefined ? {} : { replayStore: await openReplayStore(replay) }),
  } as never)
}

async function openReplayStore(replay: unknown): Promise<ReplayStore> {
  if (isObject(replay)) {
    const { memory, ...rest } = replay
    return memoryReplayStore({ maxEntries: memory as never, ...rest })
  }
  if (typeof replay !== 'string') throw new ConfigError('dpop.replay must be { memory: n } or the URL of a store.')
  // Loaded only when needed, because the database clients take longest to load.
  const stores = await import('./stores.js')
  return stores.openReplayStore(replay)
}

/** JSON has no bytes, so secrets are base64url here. */
function withSecretBytes(nonce: unknown): unknown {
  if (!isObject(nonce) || !Array.isArray(nonce['secrets'])) return nonce
  const secrets = nonce['secrets'].map((each) => (typeof each === 'string' ? Buffer.from(each, 'base64url') : each))
  return { ...nonce, secrets }
}
