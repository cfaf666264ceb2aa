import { AuthError } from '../auth-error.js'
import { emitDenied } from '../authenticate.js'
import type { CoreEvent, Emit } from '../events.js'
import type { OriginDecision, RequestView } from '../request-view.js'
import { isCrossOrigin } from './cross-origin.js'
import type { TrustedOrigins } from './trusted-origins.js'

/** Decides about a request only by the origin that it comes from. */
export type CheckOrigin = (view: RequestView) => OriginDecision

const sameOrigin: OriginDecision = { allow: true, auth: null }

/** Makes the cross-origin check alone, for routes that know their caller by other means. It reports what it refuses. */
export function createCheckOrigin(trustedOrigins: TrustedOrigins, emit: Emit<CoreEvent>): CheckOrigin {
  return (view) => {
    if (!isCrossOrigin(view, trustedOrigins)) return sameOrigin
    const error = new AuthError('origin_rejected')
    emitDenied(emit, error)
    return { allow: false, error }
  }
}
