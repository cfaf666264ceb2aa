import { base64url, type CryptoKey } from 'jose'

/** Seconds for which a challenge is good. */
const lifetime = 60

/** What the challenge of a log-in is made for: a registration, and no refresh. */
export const atStart = 'start'

/**
 * What the challenge of a refresh is made for: the token that the request presented, while a certain token was the live one. A rotation
 * changes the live one, and so uses all challenges up that were made before it.
 *
 * @param presented hash of the refresh token, as the store keeps it
 * @param live hash of the live one, which is the same but for a parent or an older one
 */
export function forRefresh(presented: string, live: string): string {
  return `${presented}.${live}`
}

/** What a challenge was found to be. */
export type ChallengeFault = 'challenge_unknown' | 'challenge_stale' | 'challenge_used'

/** A challenge, taken apart and trusted in nothing. */
interface Challenge {
  /** The session that it names. */
  readonly session: string
  /** When it was made, seconds since the epoch. */
  readonly made: number
  /** What it was made for: `start`, or two hashes. */
  readonly subject: string
  readonly mac: string
}

const hash = '[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]'
const id = '[A-Za-z0-9_-]{16,64}'
const form = new RegExp(`^(${id})\\.([1-9][0-9]{0,14})\\.(${atStart}|${hash}\\.${hash})\\.(${hash})$`)

/**
 * Makes a challenge: `<session>.<time>.<what it is made for>.<mac>`. Nothing of it is remembered. The MAC is made with the session's
 * own key, so that any process can check it, also after a restart.
 *
 * @param madeFor `atStart`, or `forRefresh` of the tokens
 * @param key the session's challenge key, base64url
 * @param now seconds since the epoch
 */
export async function makeChallenge(session: string, madeFor: string, key: string, now: number): Promise<string> {
  const challenge = { session, made: Math.floor(now), subject: madeFor }
  const mac = await crypto.subtle.sign('HMAC', await importKey(key), messageOf(challenge))
  return `${session}.${challenge.made}.${madeFor}.${base64url.encode(new Uint8Array(mac))}`
}

/** The session that a challenge names, unverified; undefined for what is no challenge at all. */
export function sessionOfChallenge(challenge: unknown): string | undefined {
  return parse(challenge)?.session
}

/**
 * Checks a challenge, in this order: of this session and made here; not older than 60 s; made for one of what it may have been made
 * for, else it is used up.
 *
 * @returns undefined where it is good
 */
export async function checkChallenge(
  challenge: unknown,
  { session, madeFor, key, now }: { session: string; madeFor: readonly string[]; key: string; now: number },
): Promise<ChallengeFault | undefined> {
  const parsed = parse(challenge)
  if (parsed === undefined || parsed.session !== session) return 'challenge_unknown'
  const mac = Uint8Array.from(base64url.decode(parsed.mac))
  if (!(await crypto.subtle.verify('HMAC', await importKey(key), mac, messageOf(parsed)))) return 'challenge_unknown'
  if (now > parsed.made + lifetime) return 'challenge_stale'
  return madeFor.includes(parsed.subject) ? undefined : 'challenge_used'
}

function parse(challenge: unknown): Challenge | undefined {
  const [, session, made, subject, mac] = typeof challenge === 'string' ? (form.exec(challenge) ?? []) : []
  if (session === undefined || subject === undefined || mac === undefined) return undefined
  return { session, made: Number(made), subject, mac }
}

/** Begins with a word that no refresh token has, so that no tag of the same key is a challenge. */
function messageOf({ session, made, subject }: Omit<Challenge, 'mac'>): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`challenge\n${session}\n${made}\n${subject}`)
}

function importKey(key: string): Promise<CryptoKey> {
  const bytes = Uint8Array.from(base64url.decode(key))
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])
}
