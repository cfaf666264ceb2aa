import { AuthError } from '../auth-error.js'
import type { DenialReason } from '../denial-reason.js'
import type { MaybePromise } from '../maybe-promise.js'
import type { RequestView } from '../request-view.js'
import type { VerifiedToken } from '../token/verified-token.js'
import type { AuthScheme } from '../token-source/authorization.js'
import type { TokenSource } from '../token-source/token-source.js'

/** The request that a token came with. */
export interface BoundRequest {
  readonly view: RequestView
  /** The scheme of `Authorization`; undefined where the token came another way. */
  readonly scheme: AuthScheme | undefined
  /** The present in seconds since the epoch. */
  readonly now: number
  /** Clock difference with the client that is tolerated, in seconds. */
  readonly clockTolerance: number
}

/** What was found out about a request with a bound token. */
export interface ProofVerdict {
  /** Why the request is refused; undefined: the key is proven. */
  readonly error: AuthError | undefined
  /** The nonce to give the client for its next proof, whatever else is answered; undefined: none. */
  readonly nonce: string | undefined
}

/** One way to prove that whoever sends a token holds the key that it is bound to. */
export interface Binding {
  /**
   * Asks for the proof; undefined where the token's `cnf` is of another kind. All of what binding takes is behind this, so that
   * an app that does not ask for it does not bundle it.
   */
  readonly prove: (verified: VerifiedToken, request: BoundRequest) => MaybePromise<ProofVerdict> | undefined
  /** Checks that what else the verifier is told goes with it. Throws a ConfigError. */
  readonly requireFitting: (options: { readonly cnf?: unknown; readonly tokenFrom?: readonly TokenSource[] }) => void
}

/**
 * Asks for what a token's `cnf` demands (RFC 7800 §3.1). A token that has one is worth nothing without the key, so whatever
 * nobody here can check is refused.
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

/** The refusal of a token that is not good for whoever sent it. */
export function unproven(reason: DenialReason, { issuer }: VerifiedToken): AuthError {
  return new AuthError('token_rejected', { reason, issuer: issuer.issuer })
}
