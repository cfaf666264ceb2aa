import { AuthError } from '../auth-error.js'
import type { DenialReason } from '../denial-reason.js'
import type { MaybePromise } from '../maybe-promise.js'
import type { RequestView } from '../request-view.js'
import type { VerifiedToken } from '../token/verified-token.js'
import type { AuthScheme } from '../token-source/authorization.js'
import type { TokenSource } from '../token-source/token-source.js'

/** The request that carried a token. */
export interface BoundRequest {
  readonly view: RequestView
  /** The scheme of `Authorization`; undefined if the token came another way. */
  readonly scheme: AuthScheme | undefined
  /** The present in seconds since the epoch. */
  readonly now: number
  /** How far the client's clock may differ, in seconds. */
  readonly clockTolerance: number
}

/** Whether a request with a bound token has proven the key. */
export interface ProofVerdict {
  /** Why the request is refused; undefined: the key is proven. */
  readonly error: AuthError | undefined
  /** The nonce that the response gives the client for its next proof; undefined: none. */
  readonly nonce: string | undefined
}

/** One way to prove that the sender of a token holds the key that the token is bound to. */
export interface Binding {
  /**
   * Checks the proof; undefined if the token's `cnf` is of another kind. All code for binding is behind this function, so an app
   * that does not use it does not bundle it.
   */
  readonly prove: (verified: VerifiedToken, request: BoundRequest) => MaybePromise<ProofVerdict> | undefined
  /** Throws ConfigError if another option of the verifier excludes this way of binding. */
  readonly requireFitting: (options: { readonly cnf?: unknown; readonly tokenFrom?: readonly TokenSource[] }) => void
}

/**
 * Checks the proof that a token's `cnf` demands (RFC 7800 §3.1). A token with `cnf` is worth nothing without the key, so a `cnf`
 * that none of the bindings can check is refused.
 */
export function proveBinding(
  bindings: readonly Binding[],
  verified: VerifiedToken,
  request: BoundRequest,
): MaybePromise<ProofVerdict> {
  for (const binding of bindings) {
    const verdict = binding.prove(verified, request)
    if (verdict !== undefined) return verdict
  }
  return { error: unproven('binding_unchecked', verified), nonce: undefined }
}

/** Makes the refusal of a token whose sender has not proven the key. */
export function unproven(reason: DenialReason, { issuer }: VerifiedToken): AuthError {
  return new AuthError('token_rejected', { reason, issuer: issuer.issuer })
}
