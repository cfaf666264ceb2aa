import { StoreUnavailableError } from '@latchkey/session'
import type { LogListener, LogSubscription } from '@latchkey/session/store-kit'
import type { IoRedisClient, NodeRedisClient, RedisClient } from './clients.js'
import { asStoreError, replyCode } from './failures.js'
import type { Script } from './lua.js'

/** What the store needs from a client of either library. */
export interface RedisConnection {
  /** Connects. Resolves when commands can be sent. */
  connect(): Promise<void>
  /** Runs a script. Rejects with `StoreUnavailableError` if there is no answer. */
  run(script: Script, keys: readonly string[], values: readonly string[]): Promise<unknown>
  /** Listens on a channel, with a connection of its own. */
  listen(channel: string, listener: LogListener, signal: AbortSignal): Promise<LogSubscription>
}

/** What differs between the libraries. */
interface Library {
  /** Whether the connection is lost, so that a command would only wait. */
  isCutOff(): boolean
  connect(): Promise<unknown>
  evalText(text: string, keys: readonly string[], values: readonly string[]): Promise<unknown>
  evalHash(hash: string, keys: readonly string[], values: readonly string[]): Promise<unknown>
  listen(channel: string, listener: LogListener, signal: AbortSignal): Promise<LogSubscription>
}

/** The clients to whose errors we already listen. One listener is enough for any number of stores. */
const heard = new WeakSet<RedisClient>()

/** Makes a connection from a client of either library. */
export function connectionOf(client: RedisClient): RedisConnection {
  // Without a listener, an event "error" ends the process. The store learns of failures from its commands.
  if (!heard.has(client)) client.on('error', ignore)
  heard.add(client)
  const library = 'evalSha' in client ? nodeRedis(client) : ioRedis(client)
  return {
    connect: async () => void (await answered(library.connect())),
    listen: (channel, listener, signal) => answered(library.listen(channel, listener, signal)),
    run: async ({ text, hash }, keys, values) => {
      if (library.isCutOff()) throw new StoreUnavailableError()
      try {
        return await library.evalHash(hash, keys, values)
      } catch (error) {
        // After a restart, a fail-over or SCRIPT FLUSH, the server needs the script's text again.
        if (replyCode(error) !== 'NOSCRIPT') throw asStoreError(error)
      }
      return answered(library.evalText(text, keys, values))
    },
  }
}

/** Whether an option is a client of either library. */
export function isRedisClient(client: unknown): boolean {
  return typeof client === 'object' && client !== null && ('evalSha' in client || 'evalsha' in client)
}

async function answered<T>(command: Promise<T>): Promise<T> {
  try {
    return await command
  } catch (error) {
    throw asStoreError(error)
  }
}

function ioRedis(client: IoRedisClient): Library {
  return {
    isCutOff: () => ['reconnecting', 'close', 'end'].includes(client.status),
    connect: () => ready(client),
    evalText: (text, keys, values) => client.eval(text, keys.length, ...keys, ...values),
    evalHash: (hash, keys, values) => client.evalsha(hash, keys.length, ...keys, ...values),
    listen: async (channel, listener, signal) => {
      const subscriber = client.duplicate()
      const subscription = supervise(subscriber, listener, signal, () => subscriber.disconnect())
      subscriber.on('message', (_, message) => listener.announced(Number(message)))
      await ready(subscriber)
      await subscriber.subscribe(channel)
      return subscription
    },
  }
}

async function ready(client: IoRedisClient): Promise<void> {
  if (client.status === 'ready') return
  if (client.status === 'wait') {
    await client.connect()
    return
  }
  await new Promise<void>((resolve, reject) => {
    client.on('ready', () => resolve())
    client.on('end', () => reject(new StoreUnavailableError()))
  })
}

function nodeRedis(client: NodeRedisClient): Library {
  return {
    isCutOff: () => client.isOpen && client.isReady === false,
    connect: async () => (client.isOpen ? client.eval('return 1', { keys: [], arguments: [] }) : client.connect()),
    evalText: (text, keys, values) => client.eval(text, { keys: [...keys], arguments: [...values] }),
    evalHash: (hash, keys, values) => client.evalSha(hash, { keys: [...keys], arguments: [...values] }),
    listen: async (channel, listener, signal) => {
      const subscriber = client.duplicate()
      const subscription = supervise(subscriber, listener, signal, () => {
        if (subscriber.isOpen) subscriber.destroy()
      })
      await subscriber.connect()
      await subscriber.subscribe(channel, (message) => listener.announced(Number(message)))
      return subscription
    },
  }
}

/**
 * Watches a subscriber. Both libraries reconnect and subscribe again by themselves; the event `end` means that they have given
 * up.
 */
function supervise(
  subscriber: RedisClient,
  listener: LogListener,
  signal: AbortSignal,
  close: () => void,
): LogSubscription {
  let closed = false
  const closeOnce = () => {
    if (closed) return
    closed = true
    close()
  }
  subscriber.on('error', ignore)
  subscriber.on('end', () => {
    if (!closed) listener.lost()
  })
  signal.addEventListener('abort', closeOnce)
  return { close: async () => closeOnce() }
}

function ignore(): void {}
