import { AuthError, type DenialReason } from '@latchkey/core'
import type { Emit, RequestView } from '@latchkey/core/adapter'
import type { DeviceMismatchEvent } from '../events/events.js'
import type { KnownSession } from '../refresh/known-session.js'
import { checkChallenge, forRefresh, makeChallenge } from './challenge.js'
import { keptDeviceKey, verifyDeviceProof } from './device-proof.js'
import { readSingleField } from './single-field.js'

/** A request to refresh a session that is alive, with a refresh token that was issued for it. */
export interface ProvingRequest {
  readonly view: RequestView
  readonly session: KnownSession
  /** Seconds since the epoch. */
  readonly now: number
}

/**
 * Whether a refresh comes from the session's device. It is called after the refresh token was found to be good. It checks, in
 * this order:
 *
 * 1. If `Sec-Secure-Session-Id` is sent, it names the session of the cookie, bound or not; else 401 `refresh_rejected`.
 * 2. A session that is not bound needs no proof.
 * 3. The proof is signed with the session's key, and contains no key of its own.
 * 4. Its challenge was made for this session and this token, at most 60 s ago, and no rotation came after it. Within the grace,
 *    the rotation that it proved may have come: the same request gets the same successor again.
 *
 * A refusal in step 3 or 4 is 403 `proof_required` with a new challenge. It uses up nothing and is not a reuse. A wrong key, a
 * malformed proof or a challenge that we never made is reported as `device_mismatch`, because only somebody who has copied the cookies
 * sends it. A stale or used challenge with the right key is not reported so: honest browsers send it after an answer that was
 * lost.
 *
 * @param emit is called for each refusal that no honest browser causes
 * @returns true if the device has proven the refresh; false for a session that is not bound
 * @throws AuthError `refresh_rejected` or `proof_required`, as a rejection
 */
export async function proveDevice(
  { view, session, now }: ProvingRequest,
  emit: Emit<DeviceMismatchEvent>,
): Promise<boolean> {
  const { id, presented, current, deviceKey, challengeKey: key } = session
  const named = readSingleField(view.header('sec-secure-session-id'))
  if (named !== 'missing' && (typeof named === 'string' || named.item !== id)) {
    throw new AuthError('refresh_rejected', { reason: 'session_id_mismatch' })
  }
  if (deviceKey === null || key === null) return false

  const proof = await verifyDeviceProof(view.header('secure-session-response'), keptDeviceKey(deviceKey))
  const fault =
    typeof proof === 'string'
      ? proof
      : await checkChallenge(proof.challenge, { session: id, madeFor: challengesOf(session, now), key, now })
  if (fault === undefined) return true
  if (!honestFaults.has(fault)) emit({ type: 'device_mismatch', session: id, reason: fault })
  const challenge = await makeChallenge(id, forRefresh(presented, current), key, now)
  throw new AuthError('proof_required', {
    reason: fault,
    headers: { 'secure-session-challenge': `"${challenge}";id="${id}"` },
  })
}

function challengesOf({ presented, current, parent, graceUntil }: KnownSession, now: number): readonly string[] {
  const isInGrace = presented === parent && graceUntil !== null && now < graceUntil
  return [forRefresh(presented, current), ...(isInGrace ? [forRefresh(presented, presented)] : [])]
}

const honestFaults: ReadonlySet<DenialReason> = new Set(['proof_missing', 'challenge_stale', 'challenge_used'])
