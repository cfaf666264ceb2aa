import {
  type Auth,
  AuthError,
  type Clock,
  createVerifier,
  type ReplayStore,
  type UntypedClaims,
  type Verifier,
} from '@latchkey/core'
import type { ProviderIdentity } from './log-in-index.js'

/** What a logout token is checked against. */
export interface LogoutTokenRules {
  readonly issuer: string
  readonly clientId: string
  readonly replay: ReplayStore
  readonly clock: Clock
  readonly fetch?: typeof fetch | undefined
}

/** Says whom a logout token logs out. Rejects with `request_malformed` (400), or with a 503 where that cannot be known. */
export type VerifyLogoutToken = (token: unknown) => Promise<ProviderIdentity>

const event = 'http://schemas.openid.net/event/backchannel-logout'
/** Seconds since `iat` after which a token is stale, whatever its `exp` says. */
const longestAge = 600

/**
 * Verifies logout tokens (OpenID Connect Back-Channel Logout 1.0 §2.6): as core verifies any token of this issuer, and then what
 * makes it a logout token. Its `jti` is burnt last: a token that is refused uses nothing up.
 */
export function createVerifyLogoutToken({
  issuer,
  clientId,
  replay,
  clock,
  fetch,
}: LogoutTokenRules): VerifyLogoutToken {
  const shared = {
    issuer,
    audience: clientId,
    maxTokenAge: longestAge,
    tokenCache: false,
    clock,
    ...(fetch && { fetch }),
  }
  const typed = createVerifier({ ...shared, tokenType: 'logout+jwt' })
  // Explicit typing is recommended only: a token without it must at least claim no other type.
  const untyped = createVerifier(shared)

  return async (token) => {
    if (typeof token !== 'string') throw refuse()
    const { claims } = await verified(isTyped(token) ? typed : untyped, token)
    const { jti, events, nonce, sub, sid, exp } = claims
    if (!isObject(events) || !isObject(events[event])) throw refuse()
    // An ID token must not pass for one of these.
    if (nonce !== undefined || typeof jti !== 'string' || jti === '') throw refuse()
    if (sid !== undefined && typeof sid !== 'string') throw refuse()
    if (sub === undefined && sid === undefined) throw refuse()
    if (!(await burn(replay, await idOf(issuer, jti), Math.min(exp, clock() + longestAge) + 60, clock())))
      throw refuse()
    return { sub, sid }
  }
}

async function verified(verifier: Verifier, token: string): Promise<Auth<UntypedClaims>> {
  try {
    return await verifier.verify(token)
  } catch (error) {
    // An outage is ours or the provider's, who may send it again; whatever else is wrong with the token is a 400 here.
    if (error instanceof AuthError && error.status !== 503) throw refuse()
    throw error
  }
}

/** Whether the protected header says `logout+jwt`; which of the two verifiers looks is all that hangs on it. */
function isTyped(token: string): boolean {
  const header = Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString()
  return /logout\+jwt"/i.test(header)
}

/**
 * Burns an id. @throws AuthError `store_unavailable` where the replay store cannot say
 */
export async function burn(replay: ReplayStore, id: string, until: number, now: number): Promise<boolean> {
  try {
    return await replay.burn(id, until, now)
  } catch {
    // Whatever a store throws means that it does not know (`ReplayStore`).
    throw new AuthError('store_unavailable')
  }
}

/** 43 base64url characters, which is what replay stores take. */
export async function idOf(...parts: readonly string[]): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(parts)))
  return Buffer.from(digest).toString('base64url')
}

function refuse(): AuthError {
  return new AuthError('request_malformed', { reason: 'logout_token_rejected' })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
