import { AuthError, type DenialReason } from '@latchkey/core'
import type { RequestView } from '@latchkey/core/adapter'
import type { KnownSession } from '../refresh/known-session.js'
import { checkChallenge, forRefresh, makeChallenge } from './challenge.js'
import { keptDeviceKey, verifyDeviceProof } from './device-proof.js'
import { readSingleField } from './single-field.js'

/** A request to refresh a session that lives, whose refresh token was issued for it. */
export interface ProvingRequest {
  readonly view: RequestView
  readonly session: KnownSession
  /** Seconds since the epoch. */
  readonly now: number
}

/**
 * Whether a refresh comes from the session's device, asked once its token is known and alive. In this order:
 *
 * 1. `Sec-Secure-Session-Id`, where it is sent, names the session of the cookie, bound or not; else 401 `refresh_rejected`.
 * 2. a session that is not bound needs no proof.
 * 3. the proof is signed with the session's key, and brings none of its own.
 * 4. its challenge was made for this session and this token, not more than 60 s ago, and no rotation came after it; within the
 *    grace the rotation that it proved may have: the same request gets the same successor.
 *
 * What is refused in 3 and 4 is 403 `proof_required` with a new challenge. It consumes nothing and is no reuse. A key, a form
 * or a challenge that was never ours is reported as `mismatch`: whoever copied the cookies has to try these. A stale or used
 * challenge under the right key is not: honest browsers send it after an answer that was lost.
 *
 * @param mismatch told of each refusal that no honest browser causes
 * @returns whether the device has proven itself; false for a session that is not bound
 */
export async function proveDevice(
  { view, session, now }: ProvingRequest,
  mismatch: (reason: DenialReason) => void,
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
  if (!honestFaults.has(fault)) mismatch(fault)
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
