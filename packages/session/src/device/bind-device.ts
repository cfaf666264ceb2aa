import { AuthError, type DenialReason } from '@latchkey/core'
import type { RequestView } from '@latchkey/core/adapter'
import type { FamilyRecord } from '../store/session-store.js'
import { checkChallenge, sessionOfChallenge } from './challenge.js'
import { type DeviceKey, verifyDeviceProof } from './device-proof.js'

/** Seconds after a session's start in which it can be bound to a device. */
export const bindWithin = 60

/** What became of the one step in which a store binds a session. */
type BindingResult = 'bound' | 'same' | 'other' | 'late' | 'gone'

/** What `createBindDevice` needs to know. */
export interface BindContext {
  /** The session that a refresh token was issued for, now or before; rejects with `refresh_rejected` where it is none. */
  readonly sessionOf: (refreshToken: string) => Promise<FamilyRecord>
  /** The living session of an id; null where there is none. */
  readonly read: (id: string) => Promise<FamilyRecord | null>
  readonly bind: (binding: { id: string; deviceKey: string; within: number }) => Promise<BindingResult>
  /** Seconds since the epoch. */
  readonly clock: () => number
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
export function createBindDevice({ sessionOf, read, bind, clock }: BindContext) {
  return async (view: RequestView, refreshToken: string | undefined): Promise<string> => {
    const carried = refreshToken === undefined ? undefined : await sessionOf(refreshToken)
    const proof = await verifyDeviceProof(view.header('secure-session-response'), null)
    if (typeof proof === 'string') return refuse(proof)

    const named = sessionOfChallenge(proof.challenge)
    if (named === undefined || (carried !== undefined && carried.family.id !== named)) return refuse('challenge_unknown')
    const record = carried ?? (await read(named))
    if (record === null || record.challengeKey === null) return refuse('challenge_unknown')
    const { family, challengeKey: key } = record
    const asked = { session: family.id, presented: null, key, now: clock() }
    const fault = await checkChallenge(proof.challenge, asked)
    if (fault !== undefined) return refuse(fault)

    const result = await bind({ id: family.id, deviceKey: writeDeviceKey(proof.key), within: bindWithin })
    return result === 'bound' ? family.id : refuse(refused[result])
  }
}

function refuse(reason: DenialReason): never {
  throw new AuthError('binding_rejected', { reason })
}

/** A device's key as a store keeps it. */
function writeDeviceKey({ x, y }: DeviceKey): string {
  return `${x}.${y}`
}

/** A device's key from a store. */
export function readDeviceKey(text: string): DeviceKey {
  const [x = '', y = ''] = text.split('.')
  return { kty: 'EC', crv: 'P-256', x, y }
}
