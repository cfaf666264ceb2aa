import { AuthError } from './auth-error.js'
import { isCrossOrigin } from './csrf/cross-origin.js'
import type { CoreEvent, Emit } from './events.js'
import type { Authenticate, Decision, RequestView } from './request-view.js'
import { grants, type Requirement } from './requirement/requirement.js'
import type { VerifiedToken } from './token/verified-token.js'
import type { ReadAuthorization } from './token-source/authorization.js'
import { type SelectedToken, selectToken } from './token-source/select-token.js'
import type { TokenSource } from './token-source/token-source.js'
import type { VerifyToken } from './verify-token.js'

/** What `createAuthenticate` composes. */
export interface AuthenticateContext {
  readonly tokenFrom: readonly TokenSource[]
  readonly readAuthorization: ReadAuthorization
  readonly trustedOrigins: ReadonlySet<string>
  readonly verifyToken: VerifyToken
  readonly emit: Emit<CoreEvent>
}

const anonymous: Decision<never> = { allow: true, auth: null }

/**
 * The one composition, the same for every request of every framework: select the token, verify it, check the origin where
 * a browser or a proxy adds the token by itself, compare the requirement. The first step that refuses decides the answer.
 */
export function createAuthenticate<Claims extends object>(context: AuthenticateContext): Authenticate<Claims> {
  const { tokenFrom, readAuthorization, trustedOrigins, verifyToken, emit } = context

  function deny(error: AuthError): Decision<Claims> {
    emitDenied(emit, error)
    return { allow: false, error }
  }

  function decide(
    verified: VerifiedToken | AuthError,
    { source, scheme }: SelectedToken,
    view: RequestView,
    requirement: Requirement,
  ): Decision<Claims> {
    if (verified instanceof AuthError) return deny(verified)
    // No page of another origin can write `Authorization`; cookies and what a proxy fills in come along by themselves.
    if (scheme === undefined && isCrossOrigin(view, trustedOrigins)) return deny(new AuthError('origin_rejected'))
    const allowed = verified.allow(source)
    if (!grants(allowed.auth.scope, requirement.scope)) {
      return deny(new AuthError('scope_insufficient', { scope: requirement.scope }))
    }
    return allowed as Decision<Claims>
  }

  return (view, requirement) => {
    const selected = selectToken(view, tokenFrom, readAuthorization, verifyToken.recallField)
    if (selected === null) return requirement.required ? deny(new AuthError('token_missing')) : anonymous
    if (typeof selected === 'string') return deny(new AuthError(selected))

    const verified = selected.recalled ?? verifyToken(selected.token)
    if (!(verified instanceof Promise)) return decide(verified, selected, view, requirement)
    return verified.then((late) => decide(late, selected, view, requirement))
  }
}

/** Reports a refusal so that an operator can count it. */
export function emitDenied(emit: Emit<CoreEvent>, { code, reason, issuer }: AuthError): void {
  emit({ type: 'denied', code, reason, ...(issuer === undefined ? {} : { issuer }) })
}
