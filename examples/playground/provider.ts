import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { exportJWK, generateKeyPair } from 'jose'
import type { AdapterFactory, ClientMetadata, Configuration } from 'oidc-provider'
import { listen, type Running } from './listen.js'

/** The `aud` of tokens for the three apps. */
export const api = 'https://api.example'

/** A client that may request tokens on its own behalf (RFC 6749 §4.4). */
export interface Client {
  readonly id: string
  readonly secret: string
}

/** An ordinary client, and one whose tokens all expired a day ago. */
export const reader: Client = { id: 'reader', secret: randomBytes(32).toString('base64url') }
export const latecomer: Client = { id: 'latecomer', secret: randomBytes(32).toString('base64url') }

const day = 86_400

/** Starts an OpenID provider that issues JWT access tokens valid for a day, signed by a new key. */
export async function startProvider(port: number): Promise<Running> {
  const server = createServer()
  const running = await listen('OpenID provider', server, port)
  const { Provider, errors } = await loadQuietly()
  const provider = new Provider(running.url, {
    ...(await configuration()),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_, resource) => {
          if (resource !== api) throw new errors.InvalidTarget()
          return { scope: 'posts:read admin', audience: api, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } }
        },
      },
    },
  })
  server.on('request', provider.callback())
  return running
}

async function configuration(): Promise<Configuration> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  return {
    adapter: keepNothing,
    jwks: {
      keys: [{ ...(await exportJWK(privateKey)), kid: randomBytes(4).toString('hex'), alg: 'ES256', use: 'sig' }],
    },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    ttl: { ClientCredentials: day },
    formats: {
      customizers: {
        // Dates the latecomer's tokens two days back: they are genuine, but expired yesterday.
        jwt: (_, token, { payload }) => {
          if (token.clientId !== latecomer.id) return
          payload['iat'] = Number(payload['iat']) - 2 * day
          payload['exp'] = Number(payload['exp']) - 2 * day
        },
      },
    },
    clients: [metadata(reader), metadata(latecomer)],
  }
}

function metadata({ id, secret }: Client): ClientMetadata {
  return {
    client_id: id,
    client_secret: secret,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
  }
}

/** Stores nothing: nobody logs in here, and JWT access tokens are not stored. */
const keepNothing: AdapterFactory = () => {
  const nothing = async () => undefined
  return {
    upsert: nothing,
    find: nothing,
    findByUid: nothing,
    findByUserCode: nothing,
    consume: nothing,
    destroy: nothing,
    revokeByGrantId: nothing,
  }
}

/** Loads oidc-provider without the notice that it prints on Node 20, which it no longer supports but still runs on. */
async function loadQuietly(): Promise<typeof import('oidc-provider')> {
  const { warn } = console
  console.warn = () => undefined
  try {
    return await import('oidc-provider')
  } finally {
    console.warn = warn
  }
}
