import { AuthError, type DenialReason } from '@latchkey/core'
import type { EndSession } from '../revocation/end-session.js'
import type { GuardedStore } from '../store/guarded-store.js'
import type { FamilyRecord, WhyGone } from '../store/session-store.js'
import { hashRefreshToken, parseRefreshToken, wasIssued } from '../tokens/refresh-token.js'

/** A living session, and the refresh token of it that was presented: live, its parent, or older. */
export interface KnownSession extends FamilyRecord {
  readonly id: string
  /** The token's text. */
  readonly text: string
  /** The token's hash. */
  readonly presented: string
}

/** The refusal of a refresh token. */
export function refreshRejected(reason: DenialReason): AuthError {
  return new AuthError('refresh_rejected', { reason })
}

/**
 * Finds the session that a refresh token was issued for. Nothing changes where it is refused, but that a session which no device was
 * bound to in time is ended by whoever meets it first.
 *
 * @throws AuthError `refresh_rejected` for a value that is of no token's form, of no living session, or was never issued
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

/** What is to be said of a session that does not live. */
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
