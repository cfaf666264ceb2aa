import { randomBytes, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { ClientMetadata, Configuration, KoaContextWithOIDC } from 'oidc-provider'
import { close, listen } from '../servers/listen.js'
import { answerInteraction } from './interactions.js'
import { createMemoryAdapter } from './memory-adapter.js'

/** The API that the apps stand for, and one that they do not. Both are known to the provider. */
export const api = 'https://api.example'
export const otherApi = 'https://other-api.example'
/** A name of the same API for which the provider gives opaque tokens, about which it can be asked. */
export const opaqueApi = 'https://api.example/opaque'

/** Where the provider sends the user back to; nobody listens there. */
export const redirectUri = 'http://127.0.0.1/callback'

/** An OpenID provider that listens on loopback. */
export interface RunningProvider {
  readonly issuer: string
  readonly port: number
  /** What it has sent by back channel, oldest first. */
  readonly logoutTokens: readonly string[]
  /** Signs what it would never say itself. */
  sign(claims: object, typ?: string): Promise<string>
  stop(): Promise<void>
}

/** How a provider is started. */
export interface ProviderOptions {
  /** Default: any free one. */
  readonly port?: number
  /** Life of an access token in seconds. Default 600. */
  readonly accessTokenTtl?: number
  /** Clients beside those of the tests here. */
  readonly clients?: readonly ClientMetadata[]
}

/** Starts `oidc-provider` with a signing key of its own, made now. */
export async function startProvider(options: ProviderOptions = {}): Promise<RunningProvider> {
  const server = createServer()
  const port = await listen(server, options.port)
  const issuer = `http://127.0.0.1:${port}`
  const { errors, Provider } = await loadQuietly()
  const logoutTokens: string[] = []
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const kid = randomUUID()
  const provider = new Provider(issuer, {
    ...configuration(options),
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' }] },
    // Without the guard that keeps it from calling this machine.
    fetch: (url, init) => {
      const { body, headers = {}, method = 'GET' } = init ?? {}
      if (body instanceof URLSearchParams) logoutTokens.push(body.get('logout_token') ?? '')
      return fetch(url, { method, headers, ...(body == null ? {} : { body }) })
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      dPoP: { enabled: true },
      introspection: { enabled: true, allowedPolicy: (_, client) => client.clientId.startsWith('api-') },
      jwtIntrospection: { enabled: true },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: true, logoutSource: confirmLogout, postLogoutSuccessSource: bye },
      revocation: { enabled: true, allowedPolicy: (_, client, token) => client.clientId === token.clientId },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_, resource) => {
          if (![api, otherApi, opaqueApi].includes(resource)) throw new errors.InvalidTarget()
          const accessTokenFormat = resource === opaqueApi ? 'opaque' : 'jwt'
          return { scope: 'posts:read posts:write', audience: resource, accessTokenFormat }
        },
      },
    },
  })
  const answer = provider.callback()
  server.on('request', (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return void answer(request, response)
    answerInteraction(provider, request, response).catch((error: unknown) => {
      response.statusCode = 500
      response.end(String(error))
    })
  })
  const sign: RunningProvider['sign'] = (claims, typ) =>
    new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256', kid, ...(typ && { typ }) }).sign(privateKey)
  return { issuer, port, logoutTokens, sign, stop: () => close(server) }
}

function configuration({ accessTokenTtl = 600, clients = [] }: ProviderOptions): Configuration {
  return {
    adapter: createMemoryAdapter(),
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    issueRefreshToken: async (_, client) => client.grantTypeAllowed('refresh_token'),
    extraTokenClaims: (_, token) =>
      token.kind === 'AccessToken' ? { email: `${token.accountId}@example.com` } : undefined,
    ttl: {
      AccessToken: accessTokenTtl,
      ClientCredentials: accessTokenTtl,
      Grant: 600,
      IdToken: 600,
      Interaction: 600,
      Session: 600,
      RefreshToken: 600,
    },
    clients: [
      ...clients,
      {
        client_id: 'machine',
        client_secret: 'a secret between the machine and its provider',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
      {
        client_id: 'app',
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code'],
        redirect_uris: [redirectUri],
        response_types: ['code'],
      },
    ],
  }
}

/** The provider's own page that asks whether to log out. */
function confirmLogout(ctx: KoaContextWithOIDC, form: string): void {
  ctx.body = `<!doctype html>${form}<button name="logout" value="yes" form="op.logoutForm">Log out</button>`
}

function bye(ctx: KoaContextWithOIDC): void {
  ctx.body = 'You are logged out.'
}

/** Without the notice it prints on Node 20, which it runs on but no longer supports. */
async function loadQuietly(): Promise<typeof import('oidc-provider')> {
  const { warn } = console
  console.warn = () => undefined
  try {
    return await import('oidc-provider')
  } finally {
    console.warn = warn
  }
}
