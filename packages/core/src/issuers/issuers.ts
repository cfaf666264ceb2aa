import { AuthError } from '../auth-error.js'
import type { Issuer } from '../issuer.js'
import type { KeySetSnapshot } from '../keys/key-set.js'
import type { MaybePromise } from '../maybe-promise.js'

/** The issuers of a verifier: a list of them, or those that a function finds. */
export interface Issuers {
  /**
   * Finds the issuer whose rules apply to a token. Of the token, only the form has been checked so far.
   *
   * @param iss the token's claim, as it was sent
   * @returns the issuer, or the refusal: `token_rejected` if there is no such issuer, `keys_unavailable` if nobody can say
   */
  find(iss: unknown): MaybePromise<Issuer | AuthError>
  /** Gives all issuers that are known now. */
  known(): readonly Issuer[]
  /**
   * Gives the issuer with that name.
   *
   * @throws ConfigError if there is none, AuthError if nobody can say; of a function's issuers as a rejection
   */
  named(issuer: string): MaybePromise<Issuer>
  /** Stops trusting the key with that kid: of the named issuer, or of all issuers. */
  forget(kid: string, issuer: string | undefined): void
}

/** Makes the refusal of a token whose issuer is not accepted. */
export function unknownIssuer(): AuthError {
  return new AuthError('token_rejected', { reason: 'iss_unknown' })
}

/** Gives the state of the key sets of all known issuers. A key set that several issuers share is listed once. */
export function snapshots(issuers: Issuers): readonly KeySetSnapshot[] {
  const byName = new Map(issuers.known().map(({ keySet }) => [keySet.snapshot().issuer, keySet.snapshot()]))
  return [...byName.values()]
}
