import type { MaybePromise, RequestView } from '@latchkey/core/adapter'
import type { SessionAnswer } from '../delivery/session-answer.js'

/** Gives the request's form; called only by a verb that looks at one. */
export type ReadForm = () => MaybePromise<URLSearchParams>

/**
 * A verb beside those of sessions, e.g. one of `@latchkey/oidc`: gives the answer to send, or rejects with an `AuthError`, which is
 * answered like a guard's denial. `session.handler` of an adapter makes a route handler of it.
 */
export type SessionVerb = (view: RequestView, readForm: ReadForm) => Promise<SessionAnswer>
