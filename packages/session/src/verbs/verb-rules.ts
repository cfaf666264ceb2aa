import { AuthError, type CoreEvent } from '@latchkey/core'
import { type Emit, emitDenied, isCrossOrigin, type RequestView, type TrustedOrigins } from '@latchkey/core/adapter'

/** What all verbs do: they check the origin first, and report a refusal once. */
export interface VerbRules {
  /**
   * Refuses a request that another site has sent, and reports it.
   *
   * @throws AuthError `origin_rejected`
   */
  checkOrigin(view: RequestView): void
  /** Runs a step, and reports its refusal. */
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
