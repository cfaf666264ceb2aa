import type { LogListener, LogSubscription } from '@latchkey/session/store-kit'
import pg from 'pg'
import { asStoreError } from './failures.js'

/** How long each step of connecting may take, in seconds of real time. */
const stepWithin = 2

/**
 * Listens on a channel, with a connection of its own. The connection is not made again after it is lost, and does not keep the
 * process alive.
 *
 * @param options the options of the connection, in the form of `pg`
 * @param issuer the hash whose announcements count; a payload is this hash, a space and the revision
 * @throws StoreUnavailableError, as a rejection, if it cannot connect
 */
export async function listen(
  options: object,
  channel: string,
  issuer: string,
  listener: LogListener,
  signal: AbortSignal,
): Promise<LogSubscription> {
  const client = new pg.Client(withTimeouts(options))
  let state: 'connecting' | 'listening' | 'closed' = 'connecting'
  const close = async () => {
    state = 'closed'
    // Not awaited, because a server that hangs does not answer.
    client.end().catch(() => {})
  }
  const lose = () => {
    if (state !== 'listening') return
    state = 'closed'
    listener.lost()
  }
  client.on('error', lose)
  client.on('end', lose)
  client.on('notification', ({ payload = '' }) => {
    const [of, revision] = payload.split(' ')
    if (of === issuer) listener.announced(Number(revision))
  })
  signal.addEventListener('abort', close)
  try {
    await client.connect()
    await client.query(`listen "${channel}"`)
  } catch (error) {
    await close()
    throw asStoreError(error)
  }
  if ('unref' in client && typeof client.unref === 'function') client.unref()
  state = 'listening'
  return { close }
}

/** Copies the options, with those that are not enumerable (such as a password), and limits how long each step may take. */
function withTimeouts(options: object): object {
  const copy = Object.defineProperties({}, Object.getOwnPropertyDescriptors(options))
  return Object.assign(copy, { connectionTimeoutMillis: stepWithin * 1000, query_timeout: stepWithin * 1000 })
}
