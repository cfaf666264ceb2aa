import type { SessionVerb } from '@latchkey/session'
import {
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client'
import { readReturnTo, seeOther } from './answers.js'
import type { PendingLogIns } from './pending-log-in.js'
import type { Provider } from './provider.js'

/** What `createLogIn` needs. */
export interface LogInContext {
  readonly provider: Provider
  readonly pending: PendingLogIns
  readonly redirectUri: string
  readonly scope: string | undefined
  readonly parameters: Readonly<Record<string, string>> | undefined
}

/** Makes the verb that sends the browser to the provider (OpenID Connect Core §3.1.2.1). */
export function createLogIn({
  provider,
  pending,
  redirectUri,
  scope = 'openid',
  parameters,
}: LogInContext): SessionVerb {
  return async (view) => {
    // First, because it is user input that the browser follows in the end.
    const returnTo = readReturnTo(view)
    const config = await provider()
    const [state, nonce, verifier] = [randomState(), randomNonce(), randomPKCECodeVerifier()]
    const url = buildAuthorizationUrl(config, {
      ...parameters,
      redirect_uri: redirectUri,
      scope,
      state,
      nonce,
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    return seeOther(url.href, await pending.keep(view, { state, nonce, verifier, returnTo }))
  }
}
