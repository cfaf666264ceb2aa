import { AuthError } from '@latchkey/core'
import type { ReadForm, Sessions, SessionVerb } from '@latchkey/session'
import { done } from './answers.js'
import type { LogInIndex } from './log-in-index.js'
import type { VerifyLogoutToken } from './logout-token.js'

/** What `createBackChannelLogOut` needs. */
export interface BackChannelContext {
  readonly verifyLogoutToken: VerifyLogoutToken
  readonly index: LogInIndex
  readonly sessions: Sessions<object>
}

/**
 * Makes the verb that the provider calls (OpenID Connect Back-Channel Logout 1.0 §2.5). No browser takes part, so only the
 * token counts. With `sid` it ends that session, else all sessions of the user. It also succeeds if there is no such session. A
 * log-in that is not finished yet ends too.
 *
 * The store is asked before the token is used up. During an outage the answer is 503, and the provider may send the same token
 * again.
 */
export function createBackChannelLogOut({ verifyLogoutToken, index, sessions }: BackChannelContext): SessionVerb {
  return async (_view, readForm) => {
    const { identity, useUp } = await verifyLogoutToken(await readLogoutToken(readForm))
    const found = await index.find(identity)
    await useUp()
    const ended = await found.logOut()
    if (identity.sid === undefined) {
      const subjects = new Set(ended.map(({ sub }) => sub))
      for (const sub of subjects) await sessions.endAllOf(sub)
    } else {
      for (const { session } of ended) await sessions.endOne(session)
    }
    return done
  }
}

/** Reads the one logout token. Two are refused, because nobody can say which one is meant. */
async function readLogoutToken(readForm: ReadForm): Promise<string> {
  const [token, another] = (await readForm()).getAll('logout_token')
  if (token !== undefined && another === undefined) return token
  throw new AuthError('request_malformed', { reason: 'logout_token_rejected' })
}
