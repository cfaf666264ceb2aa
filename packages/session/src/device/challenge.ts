import { base64url, type CryptoKey } from 'jose'

/** Seconds for which a challenge is good. */
const lifetime = 60

/** In the place of a token's hash, in the challenge of a log-in. */
const atStart = 'start'

/** What a challenge was found to be. */
export type ChallengeFault = 'challenge_unknown' | 'challenge_stale' | 'challenge_used'

/** A challenge, taken apart and trusted in nothing. */
interface Challenge {
  /** The session that it names. */
  readonly session: string
  /** When it was made, seconds since the epoch. */
  readonly made: number
  /** Hash of the refresh token that it was made for, or `start`. */
  readonly subject: string
  readonly mac: string
}

const hash = '[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]'
const id = '[A-Za-z0-9_-]{16,64}'
const form = new RegExp(`^(${id})\\.([1-9][0-9]{0,14})\\.(${atStart}|${hash})\\.(${hash})$`)

/**
 * Makes the challenge that a log-in sends for the registration of a device: `<session>.<time>.start.<mac>`. Nothing of it is
 * remembered. The MAC is made with the session's own key, so that any process can check it, also after a restart.
 *
 * @param key the session's tag key, base64url
 * @param now seconds since the epoch
 */
export async function makeStartChallenge(session: string, key: string, now: number): Promise<string> {
  return make({ session, made: Math.floor(now), subject: atStart }, key)
}

/**
 * Makes a challenge for the refresh that presents a certain token: `<session>.<time>.<hash>.<mac>`.
 *
 * @param presented hash of the refresh token, as the store keeps it
 * @param key the session's tag key, base64url
 * @param now seconds since the epoch
 */
export async function makeRefreshChallenge(
  session: string,
  presented: string,
  key: string,
  now: number,
): Promise<string> {
  return make({ session, made: Math.floor(now), subject: presented }, key)
}

/** The session that a challenge names, unverified; undefined for what is no challenge at all. */
export function sessionOfChallenge(challenge: unknown): string | undefined {
  return parse(challenge)?.session
}

/**
 * Checks a challenge, in this order: of this session and made here; not older than 60 s; made for this very token. A token
 * that was rotated has used its challenges up; that of a log-in serves for registration alone.
 *
 * @param presented hash of the refresh token that came with it; null for a registration
 * @returns undefined where it is good
 */
export async function checkChallenge(
  challenge: unknown,
  { session, presented, key, now }: { session: string; presented: string | null; key: string; now: number },
): Promise<ChallengeFault | undefined> {
  const parsed = parse(challenge)
  if (parsed === undefined || parsed.session !== session) return 'challenge_unknown'
  const mac = Uint8Array.from(base64url.decode(parsed.mac))
  if (!(await crypto.subtle.verify('HMAC', await importKey(key), mac, messageOf(parsed)))) return 'challenge_unknown'
  if (now > parsed.made + lifetime) return 'challenge_stale'
  return parsed.subject === (presented ?? atStart) ? undefined : 'challenge_used'
}

async function make(challenge: Omit<Challenge, 'mac'>, key: string): Promise<string> {
  const mac = await crypto.subtle.sign('HMAC', await importKey(key), messageOf(challenge))
  const { session, made, subject } = challenge
  return `${session}.${made}.${subject}.${base64url.encode(new Uint8Array(mac))}`
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
