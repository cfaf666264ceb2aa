import type { MaybePromise, RequestView } from '@latchkey/core/adapter'
import type { SessionAnswer } from '../delivery/session-answer.js'

/** Gives the request's form (`application/x-www-form-urlencoded`). Only verbs that need a form call it. */
export type ReadForm = () => MaybePromise<URLSearchParams>

/**
 * A verb of another package, e.g. of `@latchkey/oidc`. It gives the answer to send, or rejects with an `AuthError`, which is
 * answered like a guard's denial. `session.handler` of an adapter makes a route handler from it.
 */
export type SessionVerb = (view: RequestView, readForm: ReadForm) => Promise<SessionAnswer>
