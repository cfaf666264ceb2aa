import { AuthError, type Clock, type DenialReason } from '@latchkey/core'
import type { RequestView } from '@latchkey/core/adapter'
import { findSession, refusalOfGone } from '../refresh/known-session.js'
import type { EndSession } from '../revocation/end-session.js'
import type { BeginWithStore, GuardedStore } from '../store/guarded-store.js'
import type { BindingResult, WhyGone } from '../store/session-store.js'
import { atStart, checkChallenge, sessionOfChallenge } from './challenge.js'
import { verifyDeviceProof, writeDeviceKey } from './device-proof.js'

/** For how many seconds after its start a session can be bound to a device. */
export const bindWithin = 60

/** What `createBindDevice` needs. */
export interface BindContext {
  readonly begin: BeginWithStore
  readonly end: EndSession
  readonly clock: Clock
}

const refused: Readonly<Record<Exclude<BindingResult, 'bound'>, DenialReason>> = {
  same: 'already_bound',
  other: 'already_bound',
  late: 'binding_late',
  gone: 'challenge_unknown',
}

/**
 * Makes the function that binds a session to the key of a device (W3C Device Bound Session Credentials), once. It checks, in
 * this order:
 *
 * 1. If the request carries a refresh cookie, its session must be alive; else 401 `refresh_rejected`.
 * 2. The proof contains the device's public key and is signed with it.
 * 3. The challenge is of that session. Without a cookie, the challenge itself names the session; that happens if another site
 *    led to the log-in, because a Strict cookie is not sent then. The challenge was made for a registration, at most 60 s ago.
 * 4. The store decides, in one step: the session is not bound yet, and started at most 60 s ago.
 *
 * A refusal in step 2 to 4 is 403 `binding_rejected`. It changes nothing and does not use up the challenge.
 *
 * What it does not prevent: a script that can read the log-in's answer can register a key of its own. That locks the owner out
 * at the next refresh, and gains nothing.
 *
 * The function gives the id of the session.
 */
export function createBindDevice({ begin, end, clock }: BindContext) {
  /**
   * Why a session that has ended cannot be bound. If it ended because no device was bound in time, the registration came too
   * late.
   */
  async function reasonOfGone(store: GuardedStore, id: string, why: WhyGone): Promise<DenialReason> {
    const { reason } = await refusalOfGone(store, end, id, why)
    return reason === 'session_unbound' ? 'binding_late' : 'challenge_unknown'
  }

  return async (view: RequestView, refreshToken: string | undefined): Promise<string> => {
    const store = begin()
    const carried = refreshToken === undefined ? undefined : await findSession(store, end, refreshToken)
    const proof = await verifyDeviceProof(view.header('secure-session-response'), null)
    if (typeof proof === 'string') return refuse(proof)

    const named = sessionOfChallenge(proof.challenge)
    if (named === undefined || (carried !== undefined && carried.id !== named)) return refuse('challenge_unknown')
    const record = carried ?? (await store.read(named))
    if ('gone' in record) return refuse(await reasonOfGone(store, named, record.gone))
    if (record.challengeKey === null) return refuse('challenge_unknown')
    const asked = { session: named, madeFor: [atStart], key: record.challengeKey, now: clock() }
    const fault = await checkChallenge(proof.challenge, asked)
    // It was made at the start, so when it is too old, the time for a registration is over too.
    if (fault === 'challenge_stale') return refuse(record.deviceKey === null ? 'binding_late' : 'already_bound')
    if (fault !== undefined) return refuse(fault)

    const result = await store.bind({ id: named, deviceKey: writeDeviceKey(proof.key), within: bindWithin })
    return result === 'bound' ? named : refuse(refused[result])
  }
}

function refuse(reason: DenialReason): never {
  throw new AuthError('binding_rejected', { reason })
}
