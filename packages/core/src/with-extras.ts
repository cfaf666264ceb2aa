import { isPromise, type MaybePromise } from './maybe-promise.js'
import type { Decision } from './request-view.js'
import type { ResponseExtras } from './response-extras.js'

/**
 * Decides, and adds fields and cookies to whatever answers the request, also if the app's own code throws. A refresh has used
 * up the old refresh token, so the new one must reach the browser: without it, the next visit would look like theft.
 */
export function withExtras<Claims>(
  decide: () => MaybePromise<Decision<Claims>>,
  extras: ResponseExtras,
): MaybePromise<Decision<Claims>> {
  const add = (decision: Decision<Claims>): Decision<Claims> => ({
    ...decision,
    response: { ...decision.response, ...extras },
  })
  const failed = (thrown: unknown): Decision<Claims> => ({ allow: false, thrown, response: extras })
  let decision: MaybePromise<Decision<Claims>>
  try {
    decision = decide()
  } catch (thrown) {
    return failed(thrown)
  }
  return isPromise(decision) ? decision.then(add, failed) : add(decision)
}
