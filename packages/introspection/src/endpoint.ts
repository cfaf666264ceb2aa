import {
  type AuthorizationServer,
  allowInsecureRequests,
  type ClientAuth,
  customFetch,
  discoveryRequest,
  type IntrospectionResponse,
  introspectionRequest,
  processDiscoveryResponse,
  processIntrospectionResponse,
  validateApplicationLevelSignature,
} from 'oauth4webapi'
import { fetchWhole } from './bounded-fetch.js'

/** Whom to ask, and as whom. */
export interface EndpointOptions {
  readonly issuer: string
  /** Default: what the metadata names. */
  readonly endpoint: string | undefined
  readonly clientId: string
  readonly clientAuth: ClientAuth
  readonly jwtAnswers: boolean
  /** Seconds of real time for all requests of one question. */
  readonly timeout: number
  readonly send: typeof fetch
}

/** Asks about one token. Rejects where there is no answer, or none that makes sense (RFC 7662 §2.2). */
export type Ask = (token: string) => Promise<IntrospectionResponse>

const metadataFor = 86_400_000

/** An introspection endpoint, found through the issuer's metadata, which is kept for a day. */
export function createEndpoint(options: EndpointOptions): Ask {
  const { issuer, endpoint, clientId, clientAuth, jwtAnswers, timeout, send } = options
  let found: { readonly server: AuthorizationServer; readonly since: number } | undefined

  async function locate(request: RequestOptions): Promise<AuthorizationServer> {
    // Its keys are needed where answers are signed.
    if (endpoint !== undefined && !jwtAnswers) return { issuer, introspection_endpoint: endpoint }
    if (found === undefined || performance.now() - found.since > metadataFor) {
      const server = await discover(issuer, request)
      found = { server: { ...server, ...(endpoint && { introspection_endpoint: endpoint }) }, since: performance.now() }
    }
    return found.server
  }

  return async (token) => {
    const signal = AbortSignal.timeout(Math.ceil(timeout * 1000))
    const request: RequestOptions = {
      signal,
      // What may be plain http is decided where it is sent, for every URL.
      [allowInsecureRequests]: true,
      [customFetch]: (url, { body, ...init }) => fetchWhole(send, issuer, url, { ...init, body: body ?? null, signal }),
    }
    const server = await locate(request)
    const client = { client_id: clientId }
    const response = await introspectionRequest(server, client, clientAuth, token, {
      ...request,
      requestJwtResponse: jwtAnswers,
      additionalParameters: { token_type_hint: 'access_token' },
    })
    const answer = await processIntrospectionResponse(server, client, response)
    // Throws for an answer that is no JWT, too.
    if (jwtAnswers) await validateApplicationLevelSignature(server, response, request)
    return answer
  }
}

interface RequestOptions {
  readonly signal: AbortSignal
  readonly [allowInsecureRequests]: true
  readonly [customFetch]: (
    url: string,
    init: Omit<RequestInit, 'body' | 'signal'> & { readonly body?: URLSearchParams | undefined },
  ) => Promise<Response>
}

/** OpenID Connect Discovery's location first, and where that answers with a 4xx, RFC 8414's. */
async function discover(issuer: string, request: RequestOptions): Promise<AuthorizationServer> {
  const url = new URL(issuer)
  let response = await discoveryRequest(url, request)
  if (response.status >= 400 && response.status < 500) {
    response = await discoveryRequest(url, { ...request, algorithm: 'oauth2' })
  }
  const server = await processDiscoveryResponse(url, response)
  if (server.issuer !== issuer) throw new Error('The metadata names another issuer.')
  return server
}
