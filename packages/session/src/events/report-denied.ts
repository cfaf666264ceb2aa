import type { AuthError, CoreEvent, Emit } from '@latchkey/core'

/** Reports a refusal so that an operator can count it. */
export function reportDenied(emit: Emit<CoreEvent>, { code, reason, issuer }: AuthError): void {
  emit({ type: 'denied', code, reason, ...(issuer === undefined ? {} : { issuer }) })
}
