import { base64url } from 'jose'
import { importTagKey } from '../tokens/refresh-token.js'

/** For how many milliseconds a challenge is good. */
const lifetime = 60_000

/** The purpose of the challenge of a log-in: a registration, and no refresh. */
export const atStart = 'start'

/**
 * Gives the purpose of the challenge of a refresh: the token that the request presented, and the token that was the live one
 * then. A rotation changes the live token, so it uses up all challenges that were made before it.
 *
 * @param presented the hash of the presented refresh token, as the store keeps it
 * @param live the hash of the live one: the same, unless an older token was presented
 */
export function forRefresh(presented: string, live: string): string {
  return `${presented}.${live}`
}

/** Why a challenge is refused. */
export type ChallengeFault = 'challenge_unknown' | 'challenge_stale' | 'challenge_used'

/** The parts of a challenge. None of them is verified. */
interface Challenge {
  /** The session that it names. */
  readonly session: string
  /** When it was made, in milliseconds since the epoch. */
  readonly made: number
  /** Its purpose: `start`, or two hashes. */
  readonly subject: string
  readonly mac: string
}

const hash = '[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]'
const id = '[A-Za-z0-9_-]{16,64}'
const form = new RegExp(`^(${id})\\.([1-9][0-9]{0,14})\\.(${atStart}|${hash}\\.${hash})\\.(${hash})$`)

/**
 * Makes a challenge: `<session>.<time>.<purpose>.<mac>`. Nothing is stored for it. The MAC is made with the session's own key,
 * so any process can check it, also after a restart.
 *
 * @param session the session's id
 * @param madeFor the purpose: `atStart`, or the result of `forRefresh`
 * @param key the session's challenge key, base64url
 * @param now seconds since the epoch
 */
export async function makeChallenge(session: string, madeFor: string, key: string, now: number): Promise<string> {
  const challenge = { session, made: milliseconds(now), subject: madeFor }
  const mac = await crypto.subtle.sign('HMAC', await importTagKey(key), messageOf(challenge))
  return `${session}.${challenge.made}.${madeFor}.${base64url.encode(new Uint8Array(mac))}`
}

/** Gives the session that a challenge names, not verified; undefined if the value is not a challenge. */
export function sessionOfChallenge(challenge: unknown): string | undefined {
  return parse(challenge)?.session
}

/**
 * Checks a challenge, in this order: it is of this session and was made by this app; it is at most 60 s old; it was made for
 * one of the given purposes, else it is used up.
 *
 * @param challenge whatever the proof has as `jti`
 * @param expected the session, the allowed purposes, the session's challenge key, and the present in seconds since the epoch
 * @returns why it is refused; undefined if it is good
 */
export async function checkChallenge(
  challenge: unknown,
  { session, madeFor, key, now }: { session: string; madeFor: readonly string[]; key: string; now: number },
): Promise<ChallengeFault | undefined> {
  const parsed = parse(challenge)
  if (parsed === undefined || parsed.session !== session) return 'challenge_unknown'
  const mac = Uint8Array.from(base64url.decode(parsed.mac))
  if (!(await crypto.subtle.verify('HMAC', await importTagKey(key), mac, messageOf(parsed)))) return 'challenge_unknown'
  if (milliseconds(now) > parsed.made + lifetime) return 'challenge_stale'
  return madeFor.includes(parsed.subject) ? undefined : 'challenge_used'
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000)
}

function parse(challenge: unknown): Challenge | undefined {
  const [, session, made, subject, mac] = typeof challenge === 'string' ? (form.exec(challenge) ?? []) : []
  if (session === undefined || subject === undefined || mac === undefined) return undefined
  return { session, made: Number(made), subject, mac }
}

/** Gives the text that the MAC covers. Its first word is in no refresh token, so no tag made with the same key is a challenge. */
function messageOf({ session, made, subject }: Omit<Challenge, 'mac'>): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`challenge\n${session}\n${made}\n${subject}`)
}
