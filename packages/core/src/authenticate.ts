import { AuthError } from './auth-error.js'
import { type Binding, proveBinding } from './binding/binding.js'
import type { Challenger } from './binding/challenger.js'
import type { Clock } from './clock.js'
import { isCrossOrigin } from './csrf/cross-origin.js'
import type { CoreEvent, DeniedEvent, Emit } from './events.js'
import { type MaybePromise, whenReady } from './maybe-promise.js'
import type { Authenticate, Decision, RequestView } from './request-view.js'
import { grants, type Requirement } from './requirement/requirement.js'
import type { VerifiedToken } from './token/verified-token.js'
import type { ReadAuthorization } from './token-source/authorization.js'
import { type RecallField, type SelectedToken, selectToken } from './token-source/select-token.js'
import type { TokenSource } from './token-source/token-source.js'
import type { VerifyToken } from './verify-token.js'

/** What `createAuthenticate` composes. */
export interface AuthenticateContext {
  readonly tokenFrom: readonly TokenSource[]
  readonly readAuthorization: ReadAuthorization
  readonly trustedOrigins: ReadonlySet<string>
  readonly verifyToken: VerifyToken
  /** Finds the token of a whole `Authorization` field among those that are remembered; undefined: do not. */
  readonly recallField: RecallField | undefined
  /** Whatever can prove a bound token. */
  readonly bindings: readonly Binding[]
  readonly clock: Clock
  /** In seconds. */
  readonly clockTolerance: number
  /** Says how to challenge; undefined: with `Bearer` alone. */
  readonly challenger: Challenger | undefined
  readonly emit: Emit<CoreEvent>
}

const anonymous: Decision<never> = { allow: true, auth: null }

/**
 * The one composition, the same for every request of every framework: select the token, verify it, have its holder prove
 * the key that it is bound to, check the origin where a browser or a proxy adds the token by itself, compare the requirement.
 * The first step that refuses decides the answer.
 */
export function createAuthenticate<Claims extends object>(context: AuthenticateContext): Authenticate<Claims> {
  const { tokenFrom, readAuthorization, trustedOrigins, verifyToken, bindings, challenger, emit } = context

  function deny(error: AuthError, view: RequestView): Decision<Claims> {
    emitDenied(emit, error)
    return { allow: false, error: challenger === undefined ? error : challenger(error, view) }
  }

  function decide(
    verified: VerifiedToken | AuthError,
    selected: SelectedToken,
    view: RequestView,
    requirement: Requirement,
  ): MaybePromise<Decision<Claims>> {
    if (verified instanceof AuthError) return deny(verified, view)
    // The common request: nothing to prove.
    if (verified.cnf === undefined && selected.scheme !== 'DPoP') return admit(verified, selected, view, requirement)
    const request = { view, scheme: selected.scheme, now: context.clock(), clockTolerance: context.clockTolerance }
    return whenReady(proveBinding(bindings, verified, request), (proof) => {
      const decision =
        proof.error === undefined ? admit(verified, selected, view, requirement) : deny(proof.error, view)
      // The next nonce goes with every answer, whatever the route says (RFC 9449 §8.2).
      if (proof.nonce === undefined) return decision
      return { ...decision, response: { headers: { 'dpop-nonce': proof.nonce } } }
    })
  }

  function admit(
    verified: VerifiedToken,
    { source, scheme }: SelectedToken,
    view: RequestView,
    requirement: Requirement,
  ): Decision<Claims> {
    // No page of another origin can write `Authorization`; cookies and what a proxy fills in come along by themselves.
    if (scheme === undefined && isCrossOrigin(view, trustedOrigins)) return deny(new AuthError('origin_rejected'), view)
    const allowed = verified.allow(source)
    if (!grants(allowed.auth.scope, requirement.scope)) {
      return deny(new AuthError('scope_insufficient', { scope: requirement.scope }), view)
    }
    return allowed as Decision<Claims>
  }

  return (view, requirement) => {
    const selected = selectToken(view, tokenFrom, readAuthorization, context.recallField)
    if (selected === null) return requirement.required ? deny(new AuthError('token_missing'), view) : anonymous
    if (typeof selected === 'string') return deny(new AuthError(selected), view)

    const verified = selected.recalled ?? verifyToken(selected.token)
    if (!(verified instanceof Promise)) return decide(verified, selected, view, requirement)
    return verified.then((late) => decide(late, selected, view, requirement))
  }
}

/** Reports a refusal so that an operator can count it. */
export function emitDenied(emit: Emit<DeniedEvent>, { code, reason, issuer }: AuthError): void {
  emit({ type: 'denied', code, reason, ...(issuer === undefined ? {} : { issuer }) })
}
