import { isPromise, type MaybePromise } from './maybe-promise.js'
import type { Decision } from './request-view.js'
import type { ResponseExtras } from './response.js'

/**
 * Decides, and has something go with whatever answers the request, also where the app's own code throws meanwhile: a refresh token
 * that was consumed for this request must reach the browser, or its next visit would be taken for theft.
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
