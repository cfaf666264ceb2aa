import { createVerifier } from '@latchkey/core'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterEach, describe, expect, it } from 'vitest'
import { createTestIssuer, type TestIssuer } from './issuer.js'
import { createManualClock } from './manual-clock.js'
import { createTestKey } from './test-key.js'

const open: TestIssuer[] = []

afterEach(async () => {
  for (const issuer of open.splice(0)) await issuer.close()
})

async function listening(issuer: TestIssuer): Promise<TestIssuer> {
  open.push(issuer)
  return issuer.listen()
}

describe('a token', () => {
  const clock = createManualClock(1_700_000_000.75)
  const issuer = createTestIssuer({ clock, url: 'https://id.test/', audience: 'https://api.test', subject: 'alice' })

  it('is a good one by the clock', () => {
    const { kid } = issuer.key()
    expect(decodeProtectedHeader(issuer.token())).toEqual({ alg: 'ES256', typ: 'JWT', kid })
    expect(decodeJwt(issuer.token())).toEqual({
      iss: 'https://id.test/',
      aud: 'https://api.test',
      sub: 'alice',
      iat: 1_700_000_000,
      exp: 1_700_000_300,
    })
  })

  it('has every claim and header member as it is asked for, and none that is removed', () => {
    const claims = { aud: ['a', 'b'], scope: 'read', sub: undefined }
    const token = issuer.token({
      claims,
      header: { typ: 'at+jwt', kid: undefined, jku: 'https://x.test' },
      expiresIn: 5,
    })
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'ES256', typ: 'at+jwt', jku: 'https://x.test' })
    const { aud, scope, exp, ...rest } = decodeJwt(token)
    expect({ aud, scope, exp }).toEqual({ aud: ['a', 'b'], scope: 'read', exp: 1_700_000_005 })
    expect(rest).not.toHaveProperty('sub')
  })

  it('can be signed by any key', () => {
    const key = createTestKey('EdDSA', { kid: 'mine' })
    expect(decodeProtectedHeader(issuer.token({ key }))).toEqual({ alg: 'EdDSA', typ: 'JWT', kid: 'mine' })
  })

  it('cannot be signed with an algorithm that the issuer has no key for', () => {
    expect(() => issuer.token({ alg: 'PS256' })).toThrow("{ algorithms: ['ES256', 'PS256'] }")
  })
})

describe('its documents', () => {
  const ways: readonly [string, (issuer: TestIssuer) => Promise<typeof fetch>][] = [
    ['in process', async (issuer) => issuer.fetch],
    ['on a real port', async (issuer) => listening(issuer).then(() => fetch)],
  ]

  describe.each(ways)('%s', (_, start) => {
    it('are served where OpenID Connect Discovery, RFC 8414 and the metadata say', async () => {
      const issuer = createTestIssuer({ url: 'https://id.test/tenant' })
      const get = await start(issuer)
      const { origin } = new URL(issuer.url)
      expect(issuer.url).toBe(`${origin}/tenant`)
      for (const place of [
        `${origin}/tenant/.well-known/openid-configuration`,
        `${origin}/.well-known/oauth-authorization-server/tenant`,
      ]) {
        const response = await get(place)
        expect(response.headers.get('content-type')).toBe('application/json')
        expect(await response.json()).toMatchObject({ issuer: issuer.url, jwks_uri: issuer.jwksUri })
      }
      const keySet = await get(issuer.jwksUri)
      expect(await keySet.json()).toEqual(issuer.jwks())
      expect((await get(`${origin}/elsewhere`)).status).toBe(404)
    })

    it('are each found by a verifier, whichever location is switched off', async () => {
      for (const place of ['openid', 'oauth'] as const) {
        const issuer = createTestIssuer({ metadataAt: [place] })
        const verifier = createVerifier({ issuer: issuer.url, audience: null, fetch: issuer.fetch })
        await expect(verifier.verify(issuer.token())).resolves.toBeDefined()
      }
      const issuer = createTestIssuer({ metadataAt: [] })
      const verifier = createVerifier({ issuer: issuer.url, audience: null, fetch: issuer.fetch })
      await expect(verifier.ready()).rejects.toMatchObject({ code: 'keys_unavailable' })
    })

    it('are counted, with the time by the clock, each endpoint for itself', async () => {
      const clock = createManualClock(1000)
      const issuer = createTestIssuer({ clock })
      const get = await start(issuer)
      await (await get(issuer.jwksUri)).text()
      clock.advance(5)
      const second = issuer.jwksEndpoint.requested(2)
      await (await get(issuer.jwksUri)).text()
      await second
      const url = issuer.jwksUri
      const bytesSent = JSON.stringify(issuer.jwks()).length
      expect(issuer.jwksEndpoint.requests).toEqual([
        { url, at: 1000, bytesSent, cancelled: false },
        { url, at: 1005, bytesSent, cancelled: false },
      ])
      expect(issuer.metadataEndpoint.requests).toEqual([])
      issuer.jwksEndpoint.clearRequests()
      expect(issuer.jwksEndpoint.requests).toEqual([])
    })

    it('carry the header fields that are set', async () => {
      const issuer = createTestIssuer({ cacheControl: 'max-age=60' })
      const get = await start(issuer)
      issuer.metadataEndpoint.headers.set('cache-control', 'no-store')
      expect((await get(issuer.jwksUri)).headers.get('cache-control')).toBe('max-age=60')
      const metadata = await get(`${issuer.url}/.well-known/openid-configuration`)
      expect(metadata.headers.get('cache-control')).toBe('no-store')
      issuer.jwksEndpoint.headers.delete('cache-control')
      expect((await get(issuer.jwksUri)).headers.get('cache-control')).toBeNull()
    })
  })
})

describe('its keys', () => {
  const kids = (issuer: TestIssuer) => issuer.jwks().keys.map((key) => key['kid'])
  const kidOf = (token: string) => decodeProtectedHeader(token).kid

  it('overlap in a rotation, unless it is one without', () => {
    const issuer = createTestIssuer()
    const [first, second, third] = [issuer.key(), issuer.rotate(), issuer.rotate({ overlap: false, kid: 'third' })]
    expect(third.kid).toBe('third')
    expect(kids(issuer)).toEqual([first.kid, 'third'])
    expect(second.kid).not.toBe(first.kid)
    expect(kidOf(issuer.token())).toBe('third')
  })

  it('can be withdrawn and go on signing, or be published and not sign', () => {
    const issuer = createTestIssuer()
    const old = issuer.key()
    issuer.withdraw(old.kid ?? '')
    expect(issuer.jwks().keys).toEqual([])
    expect(kidOf(issuer.token())).toBe(old.kid)
    issuer.publish({ kty: 'EC', kid: 'coming' })
    expect(kids(issuer)).toEqual(['coming'])
  })

  it('can be another key under the same kid', () => {
    const issuer = createTestIssuer({ keys: [createTestKey('ES256', { kid: 'same' })] })
    const before = issuer.jwks().keys[0]
    issuer.rotate({ overlap: false, kid: 'same' })
    expect(kids(issuer)).toEqual(['same'])
    expect(issuer.jwks().keys[0]).not.toEqual(before)
  })

  it('rotate for one algorithm at a time', () => {
    const issuer = createTestIssuer({ algorithms: ['ES256', 'EdDSA'] })
    const es = issuer.key('ES256')
    issuer.rotate({ alg: 'EdDSA', overlap: false })
    expect(issuer.key()).toBe(es)
    expect(kids(issuer)).toEqual([es.kid, issuer.key('EdDSA').kid])
  })

  it('are needed', () => {
    expect(() => createTestIssuer({ algorithms: [] })).toThrow(TypeError)
  })
})

describe('on a real port', () => {
  it('moves its url there, keeps it over an outage, and refuses connections meanwhile', async () => {
    const issuer = createTestIssuer({ url: 'https://id.test/' })
    const listened = await listening(issuer)
    expect(listened).toBe(issuer)
    const { url } = issuer
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
    expect(await issuer.listen()).toBe(issuer)
    expect(decodeJwt(issuer.token()).iss).toBe(url)
    expect((await fetch(issuer.jwksUri)).status).toBe(200)

    await issuer.close()
    await expect(fetch(issuer.jwksUri)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
    await issuer.listen()
    expect(issuer.url).toBe(url)
    expect((await fetch(issuer.jwksUri)).status).toBe(200)
  })

  it('says so where the port is taken', async () => {
    const issuer = await listening(createTestIssuer())
    const port = Number(new URL(issuer.url).port)
    await expect(createTestIssuer().listen({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })

  it('is closed at once, whatever is under way', async () => {
    const issuer = await listening(createTestIssuer())
    const release = issuer.jwksEndpoint.hold()
    const pending = fetch(issuer.jwksUri)
    await issuer.jwksEndpoint.requested()
    await issuer.close()
    await expect(pending).rejects.toThrow('fetch failed')
    release()
  })
})
