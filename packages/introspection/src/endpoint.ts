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

/** Which issuer to ask, and as which client. */
export interface EndpointOptions {
  readonly issuer: string
  /** Undefined: the one that the metadata names. */
  readonly endpoint: string | undefined
  readonly clientId: string
  readonly clientAuth: ClientAuth
  readonly jwtAnswers: boolean
  /** How many seconds of real time all requests of one question may take. */
  readonly timeout: number
  readonly send: typeof fetch
}

/** Asks about one token. Rejects if there is no answer, or if the answer makes no sense (RFC 7662 §2.2). */
export type Ask = (token: string) => Promise<IntrospectionResponse>

const metadataFor = 86_400_000

/**
 * Makes the function that asks an introspection endpoint. It finds the endpoint in the issuer's metadata, which it keeps for a
 * day.
 */
export function createEndpoint(options: EndpointOptions): Ask {
  const { issuer, endpoint, clientId, clientAuth, jwtAnswers, timeout, send } = options
  let found: { readonly server: AuthorizationServer; readonly since: number } | undefined

  async function locate(request: RequestOptions): Promise<AuthorizationServer> {
    // Signed answers need the issuer's keys, so they need the metadata.
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
      // `fetchWhole` decides for every URL whether it may be plain http.
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
    // It also throws for an answer that is not a JWT.
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

/** Reads the metadata at the location of OpenID Connect Discovery, and, if that answers with a 4xx, at that of RFC 8414. */
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
