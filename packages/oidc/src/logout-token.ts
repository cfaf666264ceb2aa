import {
  type Auth,
  AuthError,
  type Clock,
  createVerifier,
  type ReplayStore,
  type UntypedClaims,
  type Verifier,
} from '@latchkey/core'
import { isObject } from '@latchkey/core/adapter'
import type { ProviderIdentity } from './log-in-index.js'
import { burn, idOf } from './used-once.js'

/** What `createVerifyLogoutToken` needs. */
export interface LogoutTokenRules {
  readonly issuer: string
  readonly clientId: string
  readonly replay: ReplayStore
  readonly clock: Clock
  readonly fetch?: typeof fetch | undefined
}

/** A logout token that is good, if it was not used before. */
interface LogoutToken {
  /** The user and session that it names. */
  readonly identity: ProviderIdentity
  /**
   * Burns its `jti`. Rejects with `request_malformed` if it was burnt before, or with `store_unavailable` if the replay store
   * cannot say.
   */
  useUp(): Promise<void>
}

/** Verifies a logout token. Rejects with `request_malformed` (400), or with a 503 if nobody can say. */
export type VerifyLogoutToken = (token: unknown) => Promise<LogoutToken>

const event = 'http://schemas.openid.net/event/backchannel-logout'
/** The longest time since `iat`, in seconds, whatever `exp` says. */
const longestAge = 600

/**
 * Makes the function that verifies logout tokens (OpenID Connect Back-Channel Logout 1.0 §2.6). First core verifies the token
 * like every token of this issuer. Then the claims that only a logout token has are checked. The caller burns its `jti` last, so
 * that a refused token uses up nothing.
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
  // Explicit typing is only recommended. A token without it must at least not have another type.
  const untyped = createVerifier(shared)

  return async (token) => {
    if (typeof token !== 'string') throw refuse()
    const { claims } = await verified(isTyped(token) ? typed : untyped, token)
    const { jti, events, nonce, sub, sid, exp } = claims
    if (!isObject(events) || !isObject(events[event])) throw refuse()
    // An ID token must not be accepted as a logout token.
    if (nonce !== undefined || typeof jti !== 'string' || jti === '') throw refuse()
    if (sid !== undefined && typeof sid !== 'string') throw refuse()
    if (sub === undefined && sid === undefined) throw refuse()
    const useUp = async (): Promise<void> => {
      const isFirst = await burn(replay, await idOf(issuer, jti), Math.min(exp, clock() + longestAge) + 60, clock())
      if (!isFirst) throw refuse()
    }
    return { identity: { sub, sid }, useUp }
  }
}

async function verified(verifier: Verifier, token: string): Promise<Auth<UntypedClaims>> {
  try {
    return await verifier.verify(token)
  } catch (error) {
    // After an outage, the provider may send the token again. Any other fault of the token is a 400 here.
    if (error instanceof AuthError && error.status !== 503) throw refuse()
    throw error
  }
}

/** Whether the protected header contains `logout+jwt`. It only chooses between the two verifiers. */
function isTyped(token: string): boolean {
  const header = Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString()
  return /logout\+jwt"/i.test(header)
}

function refuse(): AuthError {
  return new AuthError('request_malformed', { reason: 'logout_token_rejected' })
}
