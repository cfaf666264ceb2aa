import { AuthError } from '@latchkey/core'
import type { MaybePromise, RequestView, StoredAuth } from '@latchkey/core/adapter'
import type { SessionAnswer } from '../delivery/session-answer.js'
import type { Login } from '../tokens/login.js'
import type { SessionVerb } from '../verbs/session-verb.js'
import type { Sessions, VerbOptions } from '../verbs/sessions.js'

/**
 * What a framework does for the verbs. `Context` is a request together with its response; `Result` is what a handler gives back.
 */
export interface VerbsFramework<Context, Result> {
  /** Sends the verb's answer and sets its cookies. If the verb rejects with an `AuthError`, it refuses as a guard does. */
  answer(context: Context, verb: (view: RequestView) => Promise<SessionAnswer>): Promise<Result>
  /**
   * Gives the request's JSON body, which it reads once; undefined if there is none.
   *
   * @throws AuthError `request_malformed` if it is not JSON
   */
  body(context: Context): unknown
  /** Gives the request's form, which it reads once. */
  form(context: Context): MaybePromise<URLSearchParams>
  /** Gives the identity that a guard before the handler has stored. */
  storedAuth(context: Context): StoredAuth<object>
}

/** The session verbs, bound to a framework: each answers a request. See `AppSession`. */
export interface SessionVerbs<Context, Result> {
  /** Starts a session. */
  start(context: Context, login: Login, options?: VerbOptions): Promise<Result>
  /** Exchanges the request's refresh token for a new pair of tokens. */
  refresh(context: Context): Promise<Result>
  /** Binds the session to the browser's device. */
  bind(context: Context): Promise<Result>
  /** Ends the session of the request's refresh token. */
  end(context: Context, options?: VerbOptions): Promise<Result>
  /** Ends every session of the caller. */
  endAll(context: Context): Promise<Result>
  /** Answers with the public keys. */
  jwks(context: Context): Promise<Result>
  /** Makes a handler of a verb of another package. */
  handler(verb: SessionVerb): (context: Context) => Promise<Result>
  /** Gives the request's JSON body, as `AppSession.readJson` says. */
  readJson(context: Context): Promise<unknown>
}

/** Binds the verbs to a framework. Here it is decided, for all frameworks, which verb reads a body and which needs the caller. */
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
    handler: (verb) => (context) => answer(context, (view) => verb(view, () => form(context))),
    readJson: (context) => jsonOrNothing(() => body(context)),
  }
}

/** Makes `VerbsFramework.answer` for frameworks in which a handler gives the response back. */
export function givenAnswer<Context, Result>(
  view: (context: Context) => RequestView,
  answer: (answer: SessionAnswer, context: Context) => Result,
  deny: (error: AuthError, context: Context) => MaybePromise<Result>,
): VerbsFramework<Context, Result>['answer'] {
  return async (context, verb) => {
    try {
      return answer(await verb(view(context)), context)
    } catch (thrown) {
      if (!(thrown instanceof AuthError)) throw thrown
      return deny(thrown, context)
    }
  }
}

/** Reads a body for an app that needs it before it calls a verb. Gives undefined if it is not JSON; the verb then refuses it. */
export async function jsonOrNothing(read: () => unknown): Promise<unknown> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof AuthError) return undefined
    throw error
  }
}
