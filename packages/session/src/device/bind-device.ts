import { AuthError, type Clock, type DenialReason } from '@latchkey/core'
import type { RequestView } from '@latchkey/core/adapter'
import { findSession, refusalOfGone } from '../refresh/known-session.js'
import type { EndSession } from '../revocation/end-session.js'
import type { BeginWithStore, GuardedStore } from '../store/guarded-store.js'
import type { BindingResult, WhyGone } from '../store/session-store.js'
import { atStart, checkChallenge, sessionOfChallenge } from './challenge.js'
import { verifyDeviceProof, writeDeviceKey } from './device-proof.js'

/** Seconds after a session's start in which it can be bound to a device. */
export const bindWithin = 60

/** What `createBindDevice` needs to know. */
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
 * Binds a session to the key of a device, once. In this order:
 *
 * 1. where a refresh cookie came along, its session must live; else 401 `refresh_rejected`.
 * 2. the proof brings the device's public key and is signed with it.
 * 3. the challenge is of that session; without a cookie (another site led to the log-in, and Strict cookies stayed away) it
 *    names the session by itself. It was made for a registration, not more than 60 s ago.
 * 4. the store decides, in one step: not bound yet, and begun not more than 60 s ago.
 *
 * What is refused in 2 to 4 is 403 `binding_rejected`, changes nothing and uses no challenge up.
 *
 * Fails open: a script that can read the log-in's answer could register a key of its own. It would lock the owner out at the
 * next refresh and gain nothing.
 *
 * @returns the id of the session
 */
export function createBindDevice({ begin, end, clock }: BindContext) {
  /** A session that is over since no device was bound to it can no longer check the challenge: it came too late, whoever made it. */
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
    // It was made at the start: with it the time for a registration is over.
    if (fault === 'challenge_stale') return refuse(record.deviceKey === null ? 'binding_late' : 'already_bound')
    if (fault !== undefined) return refuse(fault)

    const result = await store.bind({ id: named, deviceKey: writeDeviceKey(proof.key), within: bindWithin })
    return result === 'bound' ? named : refuse(refused[result])
  }
}

function refuse(reason: DenialReason): never {
  throw new AuthError('binding_rejected', { reason })
}
