import type { Sessions, SessionVerb } from '@latchkey/session'
import { buildEndSessionUrl } from 'openid-client'
import { seeOther } from './answers.js'
import type { Provider } from './provider.js'
import type { UpstreamTokens } from './upstream-tokens.js'

/** What `createLogOut` needs. */
export interface LogOutContext {
  readonly provider: Provider
  readonly sessions: Sessions<object>
  /** Undefined: the provider's tokens are not kept. */
  readonly upstream: Pick<UpstreamTokens, 'idToken'> | undefined
  readonly clientId: string
  readonly postLogoutRedirectUri: string | undefined
}

/**
 * Makes the verb that ends the session here, and then sends the browser to end the one at the provider (OpenID Connect
 * RP-Initiated Logout 1.0). The session here ends first, so that the user is logged out even if the provider does not work. The
 * ID token is dropped with the session, so it is read before.
 */
export function createLogOut(context: LogOutContext): SessionVerb {
  const { provider, sessions, upstream, clientId, postLogoutRedirectUri } = context

  return async (view) => {
    const sameOrigin = sessions.verifier.checkOrigin(view)
    if (!sameOrigin.allow) throw sameOrigin.error
    const session = upstream === undefined ? null : await sessions.sessionOf(view)
    const idToken = session === null ? null : await upstream?.idToken(session)
    const { cookies } = await sessions.end(view)
    return seeOther(await endSessionUrl(idToken), cookies)
  }

  async function endSessionUrl(idToken: string | null | undefined): Promise<string> {
    const back = postLogoutRedirectUri ?? '/'
    const config = await provider().catch(() => undefined)
    if (config?.serverMetadata().end_session_endpoint === undefined) return back
    return buildEndSessionUrl(config, {
      client_id: clientId,
      ...(idToken != null && { id_token_hint: idToken }),
      ...(postLogoutRedirectUri && { post_logout_redirect_uri: postLogoutRedirectUri }),
    }).href
  }
}
