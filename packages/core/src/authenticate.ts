import type { TokenSourceKind } from './auth.js'
import { AuthError } from './auth-error.js'
import { isCrossOrigin } from './csrf/cross-origin.js'
import type { CoreEvent, Emit } from './events.js'
import type { Authenticate, Decision, RequestView } from './request-view.js'
import { grants, type Requirement } from './requirement/requirement.js'
import type { VerifiedToken } from './token/verified-token.js'
import { selectToken, type TokenSource } from './token-source/select-token.js'
import type { VerifyToken } from './verify-token.js'

/** What `createAuthenticate` composes. */
export interface AuthenticateContext {
  readonly tokenFrom: readonly TokenSource[]
  readonly trustedOrigins: ReadonlySet<string>
  readonly verifyToken: VerifyToken
  readonly emit: Emit<CoreEvent>
}

const anonymous: Decision<never> = { allow: true, auth: null }

/**
 * The one composition, the same for every request of every framework: select the token, verify it, check the origin where
 * a cookie carried it, compare the requirement. The first step that refuses decides the answer.
 */
export function createAuthenticate<Claims extends object>(context: AuthenticateContext): Authenticate<Claims> {
  const { tokenFrom, trustedOrigins, verifyToken, emit } = context

  function deny(error: AuthError): Decision<Claims> {
    emitDenied(emit, error)
    return { allow: false, error }
  }

  function decide(
    verified: VerifiedToken | AuthError,
    source: TokenSourceKind,
    view: RequestView,
    requirement: Requirement,
  ): Decision<Claims> {
    if (verified instanceof AuthError) return deny(verified)
    if (source === 'cookie' && isCrossOrigin(view, trustedOrigins)) return deny(new AuthError('origin_rejected'))
    const allowed = verified.allow(source)
    if (!grants(allowed.auth.scope, requirement.scope)) {
      return deny(new AuthError('scope_insufficient', { scope: requirement.scope }))
    }
    return allowed as Decision<Claims>
  }

  return (view, requirement) => {
    const selected = selectToken(view, tokenFrom, verifyToken.recallField)
    if (selected === null) return requirement.required ? deny(new AuthError('token_missing')) : anonymous
    if (typeof selected === 'string') return deny(new AuthError(selected))

    const verified = selected.recalled ?? verifyToken(selected.token)
    if (!(verified instanceof Promise)) return decide(verified, selected.source, view, requirement)
    return verified.then((late) => decide(late, selected.source, view, requirement))
  }
}

/** Reports a refusal so that an operator can count it. */
export function emitDenied(emit: Emit<CoreEvent>, { code, reason, issuer }: AuthError): void {
  emit({ type: 'denied', code, reason, ...(issuer === undefined ? {} : { issuer }) })
}
