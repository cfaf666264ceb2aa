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

/** What proves bound tokens, as the library takes it; absent where the configuration has none. */
export interface BindingOptions {
  readonly dpop?: Dpop
  readonly mtls?: Mtls
}

/** Makes it from the members `dpop` and `mtls` of a configuration. What is in them goes to the library as it is. */
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
  // The database clients take longer to load than all else.
  const stores = await import('./stores.js')
  return stores.openReplayStore(replay)
}

/** JSON has no bytes: secrets are base64url here. */
function withSecretBytes(nonce: unknown): unknown {
  if (!isObject(nonce) || !Array.isArray(nonce['secrets'])) return nonce
  const secrets = nonce['secrets'].map((each) => (typeof each === 'string' ? Buffer.from(each, 'base64url') : each))
  return { ...nonce, secrets }
}
