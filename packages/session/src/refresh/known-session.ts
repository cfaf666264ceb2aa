import { AuthError, type DenialReason } from '@latchkey/core'
import type { EndSession } from '../revocation/end-session.js'
import type { GuardedStore } from '../store/guarded-store.js'
import type { FamilyRecord, WhyGone } from '../store/session-store.js'
import { hashRefreshToken, parseRefreshToken, wasIssued } from '../tokens/refresh-token.js'

/** A session that is alive, and its refresh token that was presented: the live one, its parent, or an older one. */
export interface KnownSession extends FamilyRecord {
  readonly id: string
  /** The presented token. */
  readonly text: string
  /** The token's hash. */
  readonly presented: string
}

/** Makes the refusal of a refresh token. */
export function refreshRejected(reason: DenialReason): AuthError {
  return new AuthError('refresh_rejected', { reason })
}

/**
 * Finds the session that a refresh token was issued for. A refusal changes nothing, with one exception: it ends a session to
 * which no device was bound in time.
 *
 * @throws AuthError `refresh_rejected`, as a rejection, if the text is not a refresh token, was never issued, or if its session
 * has ended
 */
export async function findSession(store: GuardedStore, end: EndSession, text: string): Promise<KnownSession> {
  const token = parseRefreshToken(text)
  if (token === undefined) throw refreshRejected('refresh_malformed')
  const { id } = token
  const record = await store.read(id)
  if ('gone' in record) throw await refusalOfGone(store, end, id, record.gone)
  if (!(await wasIssued(token, record.tagKey))) throw refreshRejected('refresh_unknown')
  return { ...record, id, text, presented: await hashRefreshToken(text) }
}

/** Makes the refusal for a session that is not alive. It ends a session to which no device was bound in time. */
export async function refusalOfGone(
  store: GuardedStore,
  end: EndSession,
  id: string,
  why: WhyGone,
): Promise<AuthError> {
  if (why === 'unbound') await end.one(store, id, 'unbound')
  return refreshRejected(end.wasUnbound(id) ? 'session_unbound' : goneReasons[why])
}

const goneReasons: Readonly<Record<WhyGone, DenialReason>> = {
  unknown: 'refresh_unknown',
  idle: 'refresh_idle',
  absolute: 'refresh_absolute',
  ended: 'session_ended',
  unbound: 'session_unbound',
}
