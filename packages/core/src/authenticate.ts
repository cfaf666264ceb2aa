import type { Auth } from './auth.js'
import { AuthError } from './auth-error.js'
import { type Binding, proveBinding } from './binding/binding.js'
import type { Challenger } from './binding/challenger.js'
import type { Clock } from './clock.js'
import { isCrossOrigin } from './csrf/cross-origin.js'
import type { TrustedOrigins } from './csrf/trusted-origins.js'
import type { AuthErrorCode } from './error-codes.js'
import type { CoreEvent, DeniedEvent, Emit } from './events.js'
import { isPromise, type MaybePromise, whenReady } from './maybe-promise.js'
import type { Authenticate, Decision, RequestView } from './request-view.js'
import type { Requirement } from './requirement/requirement.js'
import { unmet } from './requirement/unmet.js'
import type { Counters } from './stats.js'
import type { VerifiedToken } from './token/verified-token.js'
import { type AuthScheme, createGlance, createReadAuthorization } from './token-source/authorization.js'
import { type SelectedToken, selectToken } from './token-source/select-token.js'
import type { TokenSource } from './token-source/token-source.js'
import type { VerifyToken } from './verify-token.js'
import { withExtras } from './with-extras.js'

/** What `createAuthenticate` composes. */
export interface AuthenticateContext {
  readonly tokenFrom: readonly TokenSource[]
  /** The schemes of `Authorization` that are accepted. */
  readonly schemes: readonly AuthScheme[]
  readonly trustedOrigins: TrustedOrigins
  readonly verifyToken: VerifyToken
  /** The ways to prove a bound token. */
  readonly bindings: readonly Binding[]
  readonly clock: Clock
  /** In seconds. */
  readonly clockTolerance: number
  /** Adds to an error how to challenge; undefined: with `Bearer` alone. */
  readonly challenger: Challenger | undefined
  readonly counters: Counters
  readonly emit: Emit<CoreEvent>
}

const anonymous: Decision<never> = { allow: true, auth: null }

/**
 * Composes the steps that every request of every framework takes: select the token; verify it; have its holder prove the key
 * that it is bound to; check the origin, if a browser or a proxy adds the token by itself; compare the requirement; ask the app's
 * own check. The first step that refuses decides the answer. What the check throws passes through, at once or as a rejection.
 */
export function createAuthenticate<Claims extends object>(context: AuthenticateContext): Authenticate<Claims> {
  const { tokenFrom, schemes, trustedOrigins, verifyToken, bindings, challenger, clock, counters, emit } = context
  const readInFull = createReadAuthorization(schemes)
  const glance = createGlance(schemes, readInFull)

  function deny(error: AuthError, view: RequestView, unreported?: AuthErrorCode): Decision<Claims> {
    if (error.code === unreported) return { allow: false, error }
    emitDenied(emit, error)
    return { allow: false, error: challenger === undefined ? error : challenger(error, view) }
  }

  function decide(
    verified: VerifiedToken | AuthError,
    selected: SelectedToken,
    view: RequestView,
    requirement: Requirement,
    unreported: AuthErrorCode | undefined,
  ): MaybePromise<Decision<Claims>> {
    if (verified instanceof AuthError) return deny(inFull(verified, selected, view), view, unreported)
    // The common request: nothing to prove.
    if (verified.cnf === undefined && selected.scheme !== 'DPoP') return admit(verified, selected, view, requirement)
    const request = { view, scheme: selected.scheme, now: context.clock(), clockTolerance: context.clockTolerance }
    return whenReady(proveBinding(bindings, verified, request), (proof) => {
      const { error, nonce } = proof
      const answer = () => (error === undefined ? admit(verified, selected, view, requirement) : deny(error, view))
      // The next nonce goes with every answer, whatever the route says (RFC 9449 §8.2).
      return nonce === undefined ? answer() : withExtras(answer, { headers: { 'dpop-nonce': nonce } })
    })
  }

  function admit(
    verified: VerifiedToken,
    { source, scheme }: SelectedToken,
    view: RequestView,
    requirement: Requirement,
  ): MaybePromise<Decision<Claims>> {
    // No page of another origin can write `Authorization`; cookies and what a proxy fills in come along by themselves.
    if (scheme === undefined && isCrossOrigin(view, trustedOrigins)) return deny(new AuthError('origin_rejected'), view)
    const lack = unmet(verified, requirement, clock)
    if (lack !== undefined) return deny(lack, view)
    const allowed = verified.allow(source) as Decision<Claims> & { readonly auth: Auth<Claims> }
    if (requirement.more?.check === undefined) return counted(allowed)
    return whenReady(requirement.more.check(allowed.auth), (answer) =>
      answer === true ? counted(allowed) : deny(new AuthError('access_denied'), view),
    )
  }

  function counted(decision: Decision<Claims>): Decision<Claims> {
    counters.allowed++
    return decision
  }

  /**
   * Gives the right code if a glance took something for a token that is no JWT: a glance takes all that follows the scheme, and
   * only the whole field tells.
   */
  function inFull(error: AuthError, { scheme }: SelectedToken, view: RequestView): AuthError {
    if (error.code !== 'token_malformed' || scheme === undefined) return error
    const read = readInFull(view.header('authorization'))
    return typeof read === 'string' ? new AuthError(read) : error
  }

  return (view, requirement, unreported) => {
    let selected = selectToken(view, tokenFrom, glance)
    // Several tokens, or one that is refused. Now each source is read in full.
    if (typeof selected === 'string') selected = selectToken(view, tokenFrom, readInFull)
    if (selected === null) {
      return requirement.required ? deny(new AuthError('token_missing'), view, unreported) : anonymous
    }
    if (typeof selected === 'string') return deny(new AuthError(selected), view)

    const one = selected
    const verified = verifyToken(one.token, view)
    if (!isPromise(verified)) return decide(verified, one, view, requirement, unreported)
    return verified.then((late) => decide(late, one, view, requirement, unreported))
  }
}

/** Reports a refusal so that an operator can count it. */
export function emitDenied(emit: Emit<DeniedEvent>, { code, reason, issuer }: AuthError): void {
  // No spread, so that refusing a revoked token is as fast as accepting a good one.
  emit(issuer === undefined ? { type: 'denied', code, reason } : { type: 'denied', code, reason, issuer })
}
