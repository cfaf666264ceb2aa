import type { Exchange, Expected, SequenceCase, Step } from '../harness/case.js'
import { type Fault, json, type Realm } from '../harness/issuer-server.js'
import type { JwtParts, Mint } from '../harness/mint.js'
import type { SigningKey } from '../harness/signing-keys.js'

/** A request with such a token of the case's own issuer. */
export function request(expect: Expected, parts: JwtParts = {}, more: Partial<Exchange> = {}): Step {
  return { token: (mint) => mint.jwt(parts), expect, ...more }
}

/** A case with an issuer of its own, on the servers that know many. */
export function sequence(name: string, ...steps: Step[]): SequenceCase {
  return { name, server: 'keySets', steps }
}

/** Changes what the case's own issuer does. */
export function arrange(changes: Partial<Realm>): Step {
  return { arrange: (realm) => Object.assign(realm, changes) }
}

/** Publishes these keys and no others. */
export function publish(...published: SigningKey['jwk'][]): Step {
  return arrange({ published })
}

/** Answers like this instead; undefined: is well again. */
export function ail(where: 'jwks' | 'metadata', fault: Fault | undefined): Step {
  return arrange({ [where]: fault })
}

/** A set that comes with this Cache-Control. */
export function cacheable(cacheControl: string, ...published: SigningKey['jwk'][]): Step {
  const set = json({ keys: published })
  return ail('jwks', { ...set, headers: { ...set.headers, 'cache-control': cacheControl } })
}

/** The same token at every step, good for long: one that is remembered. */
export function lasting(mint: Mint): string {
  return mint.jwt({ claims: { iat: 1_000_000_000, exp: 100_000_000_000 } })
}

/** A good token is refused for want of keys. */
export const denied: Step = request('keys_unavailable')
/** Longer than the longest back-off. */
export const later: Step = { advance: 31 }
