import type { LogListener, LogSubscription } from '@latchkey/session/store-kit'
import pg from 'pg'
import { asStoreError } from './failures.js'

/** Real seconds for each step of getting connected. */
const stepWithin = 2

/**
 * Listens on a channel, over a connection of its own. It does not come back by itself, and does not keep the process alive.
 *
 * @param options how the connection is made, as `pg` takes it
 * @param issuer the hash whose announcements count: a payload is that, a space and the revision
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
    // A server that stands still does not say good-bye.
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

/** The same options, with those that are hidden from view, such as a password, and limits to the time that a step takes. */
function withTimeouts(options: object): object {
  const copy = Object.defineProperties({}, Object.getOwnPropertyDescriptors(options))
  return Object.assign(copy, { connectionTimeoutMillis: stepWithin * 1000, query_timeout: stepWithin * 1000 })
}
