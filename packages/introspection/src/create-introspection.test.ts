import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { AuthError, createVerifier, type IssuerOptions, type Verifier } from '@latchkey/core'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createIntrospection } from './create-introspection.js'
import type { IntrospectionOptions } from './introspection-options.js'

const audience = 'https://api.example'
const signing = await generateKeyPair('RS256', { extractable: true })
const other = await generateKeyPair('RS256')
const publicJwk = { ...(await exportJWK(signing.publicKey)), kid: '1', alg: 'RS256', use: 'sig' }

/** One question as it reached the endpoint. */
interface Question {
  readonly form: URLSearchParams
  readonly authorization: string | undefined
  readonly accept: string | undefined
}

type Answer = (question: Question, response: ServerResponse) => unknown

/** An issuer over real sockets that answers as told, and what it was asked. */
async function startIssuer(answer: Answer, metadata: object = {}) {
  const asked: Question[] = []
  const paths: string[] = []
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    paths.push(request.url ?? '')
    if (request.url === '/.well-known/openid-configuration') {
      const endpoints = { introspection_endpoint: `${issuer}/introspect`, jwks_uri: `${issuer}/jwks` }
      return void response.end(JSON.stringify({ issuer, ...endpoints, ...metadata }))
    }
    if (request.url === '/jwks') return void response.end(JSON.stringify({ keys: [publicJwk] }))
    void text(request).then((body) => {
      const { authorization, accept } = request.headers
      const question = { form: new URLSearchParams(body), authorization, accept }
      asked.push(question)
      return answer(question, response)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { issuer, asked, paths }
}

const start = Math.floor(Date.now() / 1000)

function claims(issuer: string, changes: object = {}): object {
  return { active: true, iss: issuer, aud: audience, sub: 'ada', exp: start + 300, token_type: 'Bearer', ...changes }
}

const says =
  (changes: object = {}): Answer =>
  (_, response) =>
    json(response, claims(`http://${response.req.headers.host}`, changes))

function json(response: ServerResponse, body: object): void {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(body))
}

function create(
  issuer: string,
  changes: Partial<IntrospectionOptions> = {},
  entry: Partial<IssuerOptions> = {},
): { verifier: Verifier; outcome: (token: string) => Promise<string>; advance: (seconds: number) => void } {
  let now = start
  const introspection = createIntrospection({ clientId: 'api', clientSecret: 'secret', ...changes })
  const verifier = createVerifier({ issuer, audience, introspection, clock: () => now, ...entry })
  return {
    verifier,
    advance: (seconds) => {
      now += seconds
    },
    outcome: async (token) => {
      try {
        await verifier.verify(token)
        return 'good'
      } catch (error) {
        if (!(error instanceof AuthError)) throw error
        return `${error.status} ${error.code} ${error.reason}`
      }
    },
  }
}

describe('asking', () => {
  it('finds the endpoint once, and says who is asking, by Basic', async () => {
    const { issuer, asked, paths } = await startIssuer(says())
    const { outcome } = create(issuer)
    expect([await outcome('a'), await outcome('b')]).toEqual(['good', 'good'])
    expect(paths).toEqual(['/.well-known/openid-configuration', '/introspect', '/introspect'])
    expect(asked[0]?.authorization).toBe(`Basic ${Buffer.from('api:secret').toString('base64')}`)
    expect([...(asked[0]?.form ?? [])]).toEqual([
      ['token_type_hint', 'access_token'],
      ['token', 'a'],
    ])
  })

  it('in the body', async () => {
    const { issuer, asked } = await startIssuer(says())
    expect(await create(issuer, { secretIn: 'post' }).outcome('a')).toBe('good')
    expect(asked[0]?.authorization).toBeUndefined()
    expect(asked[0]?.form.get('client_secret')).toBe('secret')
  })

  it('with a key', async () => {
    const { issuer, asked } = await startIssuer(says())
    const privateKey = { key: signing.privateKey, kid: '1' }
    const { outcome } = create(issuer, { clientSecret: undefined, privateKey } as object)
    expect(await outcome('a')).toBe('good')
    expect(asked[0]?.form.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    expect(asked[0]?.form.get('client_assertion')?.split('.')).toHaveLength(3)
  })

  it('an endpoint that is configured needs no metadata', async () => {
    const { issuer, paths } = await startIssuer(says())
    expect(await create(issuer, { endpoint: `${issuer}/elsewhere` }).outcome('a')).toBe('good')
    expect(paths).toEqual(['/elsewhere'])
  })
})

describe('what is said', () => {
  it.each([
    ['active', {}, 'good'],
    ['bound by its type', { token_type: 'dpop' }, 'good'],
    ['not active', { active: false }, '401 token_rejected token_inactive'],
    ['a refresh token', { token_type: 'Refresh' }, '401 token_rejected token_inactive'],
    ['a type that is no text', { token_type: ['Bearer'] }, '401 token_rejected token_inactive'],
    ['of another issuer', { iss: 'https://other.example' }, '401 token_rejected iss_unknown'],
    ['for another audience', { aud: 'other' }, '401 token_rejected aud_mismatch'],
    ['without an end', { exp: undefined }, '401 token_rejected exp_invalid'],
    ['over', { exp: start - 60 }, '401 token_expired exp_passed'],
    ['active in another word', { active: 'true' }, '503 keys_unavailable introspection_failed'],
    ['without active', { active: undefined }, '503 keys_unavailable introspection_failed'],
  ])('%s', async (_, changes, expected) => {
    const { issuer } = await startIssuer(says(changes))
    expect(await create(issuer).outcome('a')).toBe(expected)
  })

  it('without an audience to go by, the type must be said', async () => {
    const untyped = await startIssuer(says({ aud: undefined, token_type: undefined }))
    const { outcome } = create(untyped.issuer, {}, { audience: null })
    expect(await outcome('a')).toBe('401 token_rejected token_inactive')
    const typed = await startIssuer(says({ aud: undefined }))
    expect(await create(typed.issuer, {}, { audience: null }).outcome('a')).toBe('good')
  })

  it.each<[string, Answer]>([
    ['500', (_, response) => response.writeHead(500).end()],
    ['401 for our own credentials', (_, response) => response.writeHead(401).end('{"error":"invalid_client"}')],
    ['a redirect', (_, response) => response.writeHead(302, { location: '/introspect' }).end()],
    ['no JSON', (_, response) => response.setHeader('content-type', 'application/json').end('active')],
    ['a list', (_, response) => response.setHeader('content-type', 'application/json').end('[{"active":true}]')],
    ['HTML', (_, response) => response.setHeader('content-type', 'text/html').end('<h1>active</h1>')],
    ['over 64 KiB', (_, response) => json(response, { active: true, more: 'x'.repeat(70_000) })],
    ['a connection that breaks off', (_, response) => response.destroy()],
    ['a body that breaks off', (_, response) => response.writeHead(200, { 'content-length': '100' }).write('{')],
    ['nothing, for ever', () => {}],
  ])('%s is 503, and signs nobody out', async (_, answer) => {
    const { issuer, asked } = await startIssuer(answer)
    const { outcome } = create(issuer, { timeout: 0.5 })
    expect(await outcome('a')).toBe('503 keys_unavailable introspection_failed')
    expect(asked).toHaveLength(1)
  })

  it('metadata that names another issuer, or an endpoint on plain http elsewhere, is 503', async () => {
    for (const metadata of [{ issuer: 'https://other.example' }, { introspection_endpoint: 'http://id.example/i' }]) {
      const { issuer, asked } = await startIssuer(says(), metadata)
      expect(await create(issuer).outcome('a')).toBe('503 keys_unavailable introspection_failed')
      expect(asked).toEqual([])
    }
  })

  it('metadata whose issuer is the same but for a slash is 503', async () => {
    const { issuer, asked } = await startIssuer(says())
    expect(await create(`${issuer}/`).outcome('a')).toBe('503 keys_unavailable introspection_failed')
    expect(asked).toEqual([])
  })

  it('an answer may have 64 KiB, and no byte more', async () => {
    const answerOf =
      (length: number): Answer =>
      (_, response) => {
        const answer = claims(`http://${response.req.headers.host}`, { more: '' })
        json(response, { ...answer, more: 'x'.repeat(length - JSON.stringify(answer).length) })
      }
    const [whole, larger] = [await startIssuer(answerOf(65_536)), await startIssuer(answerOf(65_537))]
    expect(await create(whole.issuer).outcome('a')).toBe('good')
    expect(await create(larger.issuer).outcome('a')).toBe('503 keys_unavailable introspection_failed')
  })

  it('so it is with a fetch of the app, of which nothing else is known', async () => {
    for (const [length, expected] of [
      [65_536, 'good'],
      [65_537, '503 keys_unavailable introspection_failed'],
    ] as const) {
      const issuer = 'https://id.example'
      const answer = claims(issuer, { more: '' })
      const more = 'x'.repeat(length - JSON.stringify(answer).length)
      const options = { endpoint: `${issuer}/introspect`, fetch: async () => Response.json({ ...answer, more }) }
      expect(await create(issuer, options).outcome('a')).toBe(expected)
    }
  })

  it('a fetch that heeds no signal is given up after the timeout', async () => {
    const { outcome } = create('https://id.example', { timeout: 0.1, fetch: () => new Promise(() => {}) })
    expect(await outcome('a')).toBe('503 keys_unavailable introspection_failed')
  })

  it('goes on by itself once the issuer is back', async () => {
    let up = false
    const { issuer } = await startIssuer((question, response) =>
      up ? says()(question, response) : response.writeHead(503).end(),
    )
    const { outcome } = create(issuer)
    expect(await outcome('a')).toBe('503 keys_unavailable introspection_failed')
    up = true
    expect(await outcome('a')).toBe('good')
  })
})

describe('remembering', () => {
  it('at most 60 s', async () => {
    const { issuer, asked } = await startIssuer(says())
    const { outcome, advance } = create(issuer)
    await outcome('a')
    advance(59)
    expect(await outcome('a')).toBe('good')
    expect(asked).toHaveLength(1)
    advance(1)
    await outcome('a')
    expect(asked).toHaveLength(2)
  })

  it('never past the end of the token', async () => {
    const { issuer, asked } = await startIssuer(says({ exp: start + 20 }))
    const { outcome, advance } = create(issuer)
    await outcome('a')
    advance(19)
    await outcome('a')
    expect(asked).toHaveLength(1)
    advance(1)
    await outcome('a')
    expect(asked).toHaveLength(2)
    advance(10)
    expect(await outcome('a')).toBe('401 token_expired exp_passed')
  })

  it('not at all with cacheFor 0, and never a refusal', async () => {
    const { issuer, asked } = await startIssuer(says())
    const { outcome } = create(issuer, { cacheFor: 0 })
    await outcome('a')
    await outcome('a')
    expect(asked).toHaveLength(2)
    const refusing = await startIssuer(says({ active: false }))
    const refused = create(refusing.issuer)
    await refused.outcome('a')
    await refused.outcome('a')
    expect(refusing.asked).toHaveLength(2)
  })

  it('a hundred requests at once ask once', async () => {
    const { issuer, asked } = await startIssuer(says())
    const { outcome } = create(issuer)
    const outcomes = await Promise.all(Array.from({ length: 100 }, () => outcome('a')))
    expect(new Set(outcomes)).toEqual(new Set(['good']))
    expect(asked).toHaveLength(1)
  })

  it('each token by itself', async () => {
    const { issuer } = await startIssuer(({ form }, response) =>
      json(response, claims(`http://${response.req.headers.host}`, { sub: form.get('token') })),
    )
    const { verifier } = create(issuer)
    const subs = await Promise.all(['a', 'b', 'a'].map(async (token) => (await verifier.verify(token)).claims.sub))
    expect(subs).toEqual(['a', 'b', 'a'])
  })
})

describe('answers that are JWTs (RFC 9701)', () => {
  const signed =
    (changes: object = {}, key = signing.privateKey, header: object = {}): Answer =>
    async (_, response) => {
      const iss = `http://${response.req.headers.host}`
      const jwt = await new SignJWT({ iss, aud: 'api', token_introspection: claims(iss), ...changes })
        .setIssuedAt()
        .setProtectedHeader({ alg: 'RS256', kid: '1', typ: 'token-introspection+jwt', ...header })
        .sign(key)
      response.setHeader('content-type', 'application/token-introspection+jwt').end(jwt)
    }

  it('are asked for, and verified', async () => {
    const { issuer, asked } = await startIssuer(signed())
    expect(await create(issuer, { jwtAnswers: true }).outcome('a')).toBe('good')
    expect(asked[0]?.accept).toBe('application/token-introspection+jwt')
  })

  it('a new key is found', async () => {
    const { issuer, paths } = await startIssuer(signed())
    const { outcome } = create(issuer, { jwtAnswers: true })
    expect([await outcome('a'), await outcome('b')]).toEqual(['good', 'good'])
    expect(paths.filter((path) => path === '/jwks')).toHaveLength(1)
  })

  it.each<[string, Answer]>([
    ['signed by somebody else', signed({}, other.privateKey)],
    ['for another client', signed({ aud: 'another' })],
    ['of another issuer', signed({ iss: 'https://other.example' })],
    ['of another type', signed({}, signing.privateKey, { typ: 'JWT' })],
    ['plain JSON', says()],
  ])('%s is 503', async (_, answer) => {
    const { issuer } = await startIssuer(answer)
    const { outcome } = create(issuer, { jwtAnswers: true })
    expect(await outcome('a')).toBe('503 keys_unavailable introspection_failed')
  })
})

describe('a mistake in the options', () => {
  it.each([
    [{ clientId: '' }, 'clientId is missing'],
    [{ clientSecret: undefined }, 'either clientSecret or privateKey'],
    [{ privateKey: signing.privateKey }, 'either clientSecret or privateKey'],
    [{ clientSecret: '' }, 'clientSecret is empty'],
    [{ clientSecret: undefined, privateKey: signing.publicKey }, 'privateKey takes a private CryptoKey'],
    [{ clientSecret: undefined, privateKey: 'pem' }, 'privateKey takes a private CryptoKey'],
    [{ clientSecret: undefined, privateKey: null }, 'privateKey takes a private CryptoKey'],
    [{ secretIn: 'query' }, "secretIn takes 'basic' or 'post'"],
    [{ cacheFor: 61 }, 'cacheFor is at most 60'],
    [{ cacheFor: -1 }, 'cacheFor must be a finite number'],
    [{ timeout: '3' }, 'timeout must be a finite number'],
    [{ jwtAnswers: 'yes' }, 'jwtAnswers takes true or false'],
    [{ fetch: 'fetch' }, 'fetch takes a function'],
    [{ endpoint: 'introspect' }, 'endpoint must be an https URL'],
    [{ endpoint: 'http://id.example/introspect' }, 'endpoint must be an https URL'],
    [{ cache: 5 }, 'unknown option "cache"'],
  ])('%j', (changes, message) => {
    expect(() => create('https://id.example', changes as object)).toThrow(message)
  })

  it('an issuer that is no URL, without an endpoint', () => {
    const jwks = { keys: [publicJwk] }
    expect(() => create('id', {}, { jwks })).toThrow('issuer must be an https URL')
  })
})
