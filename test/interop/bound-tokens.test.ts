import { randomBytes } from 'node:crypto'
import { createDpop, createMtls, createVerifier } from '@latchkey/core'
import { honoAuth } from '@latchkey/hono'
import { createIntrospection } from '@latchkey/introspection'
import { createTestIssuer } from '@latchkey/testing'
import { Hono } from 'hono'
import * as oauth from 'oauth4webapi'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { frameworks } from '../provider/apps.js'
import { api, type RunningProvider, startProvider } from '../provider/provider.js'

// Clients that others wrote, tokens that another bound to their keys, and the examples of the RFCs themselves.

const secret = 'a secret between the machine and its provider'
const asked = { resource: api, scope: 'posts:read' }

describe.each(Object.keys(frameworks))('a DPoP client of %s, with tokens of oidc-provider', (framework) => {
  let provider: RunningProvider
  let app: { readonly url: string; stop(): Promise<void> }
  beforeAll(async () => {
    provider = await startProvider()
    const nonce = { secrets: [randomBytes(32)] }
    const verifier = createVerifier({
      issuer: provider.issuer,
      audience: api,
      tokenType: 'at+jwt',
      dpop: createDpop({ nonce, required: true }),
    })
    app = (await frameworks[framework]?.(verifier)) ?? expect.fail('there is no such app')
  })
  afterAll(async () => {
    await app?.stop()
    await provider?.stop()
  })

  test('openid-client gets a bound token, learns the nonce and is let in, again and again', async () => {
    const onLoopback = { execute: [client.allowInsecureRequests] }
    const config = await client.discovery(new URL(provider.issuer), 'machine', secret, undefined, onLoopback)
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'))
    const { access_token, token_type } = await client.clientCredentialsGrant(config, asked, { DPoP })
    expect(token_type).toBe('dpop')
    const ask = () =>
      client.fetchProtectedResource(config, access_token, new URL(`${app.url}/me`), 'GET', null, undefined, { DPoP })
    for (let time = 0; time < 3; time++) expect((await ask()).status).toBe(200)
    const bare = await fetch(`${app.url}/me`, { headers: { authorization: `Bearer ${access_token}` } })
    expect(bare.status).toBe(401)
  })

  test('oauth4webapi is told to use a nonce once, and then let in', async () => {
    const insecure = { [oauth.allowInsecureRequests]: true }
    const issuer = new URL(provider.issuer)
    const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure))
    const machine: oauth.Client = { client_id: 'machine' }
    const DPoP = oauth.DPoP(machine, await oauth.generateKeyPair('EdDSA'))
    const grant = await oauth.clientCredentialsGrantRequest(as, machine, oauth.ClientSecretBasic(secret), asked, {
      DPoP,
      ...insecure,
    })
    const { access_token } = await oauth.processClientCredentialsResponse(as, machine, grant)
    const url = new URL(`${app.url}/posts?page=2`)
    const ask = () => oauth.protectedResourceRequest(access_token, 'GET', url, undefined, null, { DPoP, ...insecure })
    const refusal = await ask().catch((error: unknown) => error)
    expect(oauth.isDPoPNonceError(refusal)).toBe(true)
    expect((await ask()).status).toBe(200)
    expect((await ask()).status).toBe(200)
  })
})

describe('the examples of RFC 9449', () => {
  // §4.1 and §7.1, made by the same key.
  const header =
    'eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19'
  const ofToken = `${header}.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg`
  const ofResource = `${header}.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA`
  const accessToken = 'Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU'
  const jkt = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I'
  const [issuer, audience, now] = ['https://server.example.com', 'https://resource.example.org', 1562262618]

  /** The token is opaque: what it means, the issuer says when it is asked. */
  async function answer(request: Request | string | URL): Promise<Response> {
    const url = request instanceof Request ? request.url : String(request)
    if (url.includes('/.well-known/')) {
      return Response.json({ issuer, jwks_uri: `${issuer}/jwks`, introspection_endpoint: `${issuer}/introspect` })
    }
    const claims = { iss: issuer, aud: audience, sub: 'someone@example.com', exp: 1562266216, cnf: { jkt } }
    return Response.json({ active: true, ...claims })
  }

  function appAt(time: number): Hono {
    const verifier = createVerifier({
      issuer,
      audience,
      clock: () => time,
      dpop: createDpop(),
      introspection: createIntrospection({ clientId: 'api', clientSecret: 'secret', fetch: answer }),
    })
    const app = new Hono()
    app.get('/protectedresource', honoAuth({ verifier }).requireAuth(), (c) => c.text(c.var.auth.claims.sub ?? ''))
    return app
  }

  const ask = async (app: Hono, proof: string): Promise<string> => {
    const headers = { authorization: `DPoP ${accessToken}`, dpop: proof }
    const response = await app.request(`${audience}/protectedresource`, { headers })
    return response.status === 200 ? response.text() : ((await response.json()) as { code: string }).code
  }

  test('the request of §7.1 is let in, once', async () => {
    const app = appAt(now)
    expect(await ask(app, ofResource)).toBe('someone@example.com')
    expect(await ask(app, ofResource)).toBe('proof_rejected')
  })

  test('the proof of §4.1 is for the token endpoint, not for the resource; and an hour later none is good', async () => {
    expect(await ask(appAt(now), ofToken)).toBe('proof_rejected')
    expect(await ask(appAt(now + 3600 - 20), ofResource)).toBe('proof_rejected')
  })
})

test('the Client-Cert field of RFC 9440, appendix A, names the certificate', async () => {
  const certificate =
    'MIIBqDCCAU6gAwIBAgIBBzAKBggqhkjOPQQDAjA6MRswGQYDVQQKDBJMZXQncyBBdXRoZW50aWNhdGUxGzAZBgNVBAMMEkxBIEludGVybWVkaWF0ZSBDQTAeFw0yMDAxMTQyMjU1MzNaFw0yMTAxMjMyMjU1MzNaMA0xCzAJBgNVBAMMAkJDMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8YnXXfaUgmnMtOXU/IncWalRhebrXmckC8vdgJ1p5Be5F/3YC8OthxM4+k1M6aEAEFcGzkJiNy6J84y7uzo9M6NyMHAwCQYDVR0TBAIwADAfBgNVHSMEGDAWgBRm3WjLa38lbEYCuiCPct0ZaSED2DAOBgNVHQ8BAf8EBAMCBsAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYDVR0RAQH/BBMwEYEPYmRjQGV4YW1wbGUuY29tMAoGCCqGSM49BAMCA0gAMEUCIBHda/r1vaL6G3VliL4/Di6YK0Q6bMjeSkC3dFCOOB8TAiEAx/kHSB4urmiZ0NX5r5XarmPk0wmuydBVoU4hBVZ1yhk='
  const hash = await crypto.subtle.digest('SHA-256', Buffer.from(certificate, 'base64'))
  const issuer = createTestIssuer()
  const mtls = createMtls({ from: { header: 'client-cert' } })
  const verifier = createVerifier({ issuer: issuer.url, audience: issuer.audience, fetch: issuer.fetch, mtls })
  const app = new Hono().get('/me', honoAuth({ verifier }).requireAuth(), (c) => c.text('in'))
  const cnf = { 'x5t#S256': Buffer.from(hash).toString('base64url') }
  const authorization = `Bearer ${issuer.token({ claims: { cnf } })}`
  const ask = async (field: string) =>
    (await app.request('/me', { headers: { authorization, 'client-cert': field } })).status
  expect(await ask(`:${certificate}:`)).toBe(200)
  expect(await ask(certificate)).toBe(401)
  expect(await ask(`:${certificate}:, :${certificate}:`)).toBe(401)
})
