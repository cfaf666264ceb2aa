import type { Sessions, SessionVerb } from '@latchkey/session'
import { buildEndSessionUrl } from 'openid-client'
import { seeOther } from './answers.js'
import type { Provider } from './provider.js'

/** What `createLogOut` rests on. */
export interface LogOutContext {
  readonly provider: Provider
  readonly sessions: Sessions<object>
  readonly clientId: string
  readonly postLogoutRedirectUri: string | undefined
}

/**
 * The verb that ends the session here, and then sends the browser to end the one at the provider (OpenID Connect RP-Initiated
 * Logout 1.0). Here first: whatever becomes of the provider, the user is out.
 */
export function createLogOut({ provider, sessions, clientId, postLogoutRedirectUri }: LogOutContext): SessionVerb {
  return async (view) => {
    const { cookies } = await sessions.end(view)
    return seeOther(await endSessionUrl(), cookies)
  }

  async function endSessionUrl(): Promise<string> {
    const back = postLogoutRedirectUri ?? '/'
    const config = await provider().catch(() => undefined)
    if (config?.serverMetadata().end_session_endpoint === undefined) return back
    return buildEndSessionUrl(config, {
      client_id: clientId,
      ...(postLogoutRedirectUri && { post_logout_redirect_uri: postLogoutRedirectUri }),
    }).href
  }
}
