import { AuthError } from '@latchkey/core'
import type { MaybePromise, RequestView, StoredAuth } from '@latchkey/core/adapter'
import type { SessionAnswer } from '../delivery/session-answer.js'
import type { Login } from '../tokens/login.js'
import type { SessionVerb } from '../verbs/session-verb.js'
import type { Sessions, VerbOptions } from '../verbs/sessions.js'

/** What a framework does for the verbs. `Context` is a request with what answers it, `Result` what a handler gives. */
export interface VerbsFramework<Context, Result> {
  /** Answers as the verb says, cookies included, or refuses as a guard does where it rejects with an `AuthError`. */
  answer(context: Context, verb: (view: RequestView) => Promise<SessionAnswer>): Promise<Result>
  /**
   * The request's JSON body, read once; undefined where it has none.
   *
   * @throws AuthError `request_malformed` where it is not JSON
   */
  body(context: Context): unknown
  /** The request's form, read once. */
  form(context: Context): MaybePromise<URLSearchParams>
  /** Whom a guard before the handler has found. */
  storedAuth(context: Context): StoredAuth<object>
}

/** The verbs of sessions, each answering a request. */
export interface SessionVerbs<Context, Result> {
  start(context: Context, login: Login, options?: VerbOptions): Promise<Result>
  refresh(context: Context): Promise<Result>
  bind(context: Context): Promise<Result>
  end(context: Context, options?: VerbOptions): Promise<Result>
  endAll(context: Context): Promise<Result>
  jwks(context: Context): Promise<Result>
  /** Answers by a verb of another package. */
  run(context: Context, verb: SessionVerb): Promise<Result>
}

/** Binds the verbs to a framework: which of them reads a body, and which asks who is calling, is said here for all. */
export function bindVerbs<Claims extends object, Context, Result>(
  sessions: Sessions<Claims>,
  { answer, body, form, storedAuth }: VerbsFramework<Context, Result>,
): SessionVerbs<Context, Result> {
  return {
    start: (context, login, options) => answer(context, (view) => sessions.start(view, login, options)),
    refresh: (context) => answer(context, (view) => sessions.refresh(view, () => body(context))),
    bind: (context) => answer(context, (view) => sessions.bind(view)),
    end: (context, options) => answer(context, (view) => sessions.end(view, () => body(context), options)),
    endAll: (context) => answer(context, (view) => sessions.endAll(view, storedAuth(context) ?? undefined)),
    jwks: (context) => answer(context, async () => sessions.jwksAnswer()),
    run: (context, verb) => answer(context, (view) => verb(view, () => form(context))),
  }
}

/** Answers as a verb says, or refuses as a guard does, where a handler gives the response. */
export function givenAnswer<Context, Result>(
  view: (context: Context) => RequestView,
  answer: (context: Context, answer: SessionAnswer) => Result,
  deny: (error: AuthError, context: Context) => MaybePromise<Result>,
): VerbsFramework<Context, Result>['answer'] {
  return async (context, verb) => {
    try {
      return answer(context, await verb(view(context)))
    } catch (thrown) {
      if (!(thrown instanceof AuthError)) throw thrown
      return deny(thrown, context)
    }
  }
}

/** For apps that read a body before they call a verb: undefined where it is not JSON, which the verb then refuses. */
export async function jsonOrNothing(read: () => unknown): Promise<unknown> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof AuthError) return undefined
    throw error
  }
}
