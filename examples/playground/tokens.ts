import * as oauth from 'openid-client'
import { api, type Client, latecomer, reader } from './provider.js'

/** The tokens used in the printed commands. */
export interface Tokens {
  /** Good for a day, with the scope `posts:read`. */
  readonly good: string
  /** The same, expired since yesterday. */
  readonly expired: string
}

/** Requests the tokens from the provider, like every client. */
export async function obtainTokens(issuer: string): Promise<Tokens> {
  return { good: await obtain(issuer, reader), expired: await obtain(issuer, latecomer) }
}

async function obtain(issuer: string, { id, secret }: Client): Promise<string> {
  const config = await oauth.discovery(new URL(issuer), id, secret, undefined, {
    execute: [oauth.allowInsecureRequests],
  })
  const { access_token } = await oauth.clientCredentialsGrant(config, { resource: api, scope: 'posts:read' })
  return access_token
}
