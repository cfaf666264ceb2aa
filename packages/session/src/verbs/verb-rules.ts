import { AuthError, type CoreEvent } from '@latchkey/core'
import { type Emit, emitDenied, isCrossOrigin, type RequestView, type TrustedOrigins } from '@latchkey/core/adapter'

/** What every verb has in common: the origin is checked before anything else, and a refusal is reported, once. */
export interface VerbRules {
  /** @throws AuthError `origin_rejected`, reported */
  checkOrigin(view: RequestView): void
  /** Runs a step whose refusal nobody has reported yet. */
  reporting<T>(step: () => Promise<T>): Promise<T>
}

/** Makes the rules of an app's verbs. */
export function createVerbRules(trustedOrigins: TrustedOrigins, emit: Emit<CoreEvent>): VerbRules {
  return {
    checkOrigin: (view) => {
      if (!isCrossOrigin(view, trustedOrigins)) return
      const error = new AuthError('origin_rejected')
      emitDenied(emit, error)
      throw error
    },
    reporting: async (step) => {
      try {
        return await step()
      } catch (error) {
        if (error instanceof AuthError) emitDenied(emit, error)
        throw error
      }
    },
  }
}
