import { AuthError } from '../auth-error.js'
import type { Issuer } from '../issuer.js'
import type { KeySetSnapshot } from '../keys/key-set.js'
import type { MaybePromise } from '../maybe-promise.js'

/** The issuers of a verifier: listed, or found by a function. */
export interface Issuers {
  /**
   * The issuer whose rules apply to a token, before anything of the token but its form has been looked at.
   *
   * @param iss the token's claim, as it was sent
   * @returns the refusal where there is none: `token_rejected`, or `keys_unavailable` where that cannot be known
   */
  find(iss: unknown): MaybePromise<Issuer | AuthError>
  /** All that are known now. */
  known(): readonly Issuer[]
  /**
   * The one of that name.
   *
   * @throws ConfigError where there is none, and AuthError where that cannot be known, as a rejection
   */
  named(issuer: string): MaybePromise<Issuer>
  /** Stops trusting the key under a kid: of all issuers, or of the one named. */
  forget(kid: string, issuer: string | undefined): void
}

/** The refusal of a token whose issuer is none of ours. */
export function unknownIssuer(): AuthError {
  return new AuthError('token_rejected', { reason: 'iss_unknown' })
}

/** How the key sets of all known issuers stand; one that several share is listed once. */
export function snapshots(issuers: Issuers): readonly KeySetSnapshot[] {
  const byName = new Map(issuers.known().map(({ keySet }) => [keySet.snapshot().issuer, keySet.snapshot()]))
  return [...byName.values()]
}
