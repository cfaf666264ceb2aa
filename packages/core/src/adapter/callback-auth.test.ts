import { describe, expect, test } from 'vitest'
import type { Auth, UntypedClaims } from '../auth.js'
import { AuthError } from '../auth-error.js'
import { ConfigError } from '../config-error.js'
import { createVerifier } from '../create-verifier.js'
import { protectedResource } from '../protected-resource.js'
import type { Decision, RequestView } from '../request-view.js'
import { requirementOf } from '../requirement/requirement-of.js'
import type { ResponseCookie } from '../response-extras.js'
import type { Verifier } from '../verifier.js'
import { type AuthOptions, type GuardedSessions, readVerifier } from './auth-options.js'
import { createCallbackAuth } from './callback-auth.js'
import type { CallbackFramework } from './callback-guard.js'

type Claims = UntypedClaims
type Given = Decision<Claims> | Promise<Decision<Claims>>
type Options = AuthOptions<Claims, GuardedSessions<Claims>, unknown>

const somebody = { claims: { sub: 'ann' }, source: 'cookie' } as unknown as Auth<Claims>
const plain = createVerifier({ issuer: 'https://id.example', audience: 'api', secret: new Uint8Array(32) })

interface Exchange extends RequestView {
  readonly fields: Map<string, string>
  readonly cookies: ResponseCookie[]
  auth?: Auth<Claims> | null
  refused?: AuthError
}

function exchange(fields: Record<string, string> = {}, headers: Record<string, string> = {}): Exchange {
  return {
    method: 'POST',
    header: (name) => headers[name],
    url: () => 'https://app.example/',
    fields: new Map(Object.entries(fields)),
    cookies: [],
  }
}

/** A framework whose request is its own response. */
const framework: CallbackFramework<Exchange, Exchange, Claims> = {
  view: (request) => request,
  keep: (request, auth) => {
    request.auth = auth
  },
  field: ({ fields }, name) => fields.get(name),
  setField: ({ fields }, name, value) => void (value === undefined ? fields.delete(name) : fields.set(name, value)),
  setCookie: ({ cookies }, cookie) => void cookies.push(cookie),
  node: ({ fields }) => ({
    headersSent: false,
    getHeader: () => undefined,
    setHeader: (name, value) => fields.set(name, String(value)),
    removeHeader: () => {},
    writeHead: () => {},
  }),
  send: () => {},
  deny: (error, request) => {
    request.refused = error
  },
}

function verifierOf(authenticate: () => Given): Verifier<Claims> {
  return { ...plain, authenticate }
}

/** What `next` is called with; a symbol where it is not called. */
async function passed(
  decide: () => Given,
  request = exchange(),
  change: Partial<CallbackFramework<Exchange, Exchange, Claims>> = {},
): Promise<unknown> {
  const verifier = verifierOf(decide)
  const auth = createCallbackAuth<Exchange, Exchange, Claims>({ verifier }, { ...framework, ...change }, (r) => r.auth)
  return new Promise((resolve) => {
    auth.requireAuth()(request, request, resolve)
    setTimeout(() => resolve('not called'), 20)
  })
}

const allow: Decision<Claims> = { allow: true, auth: somebody }
const deny: Decision<Claims> = { allow: false, error: new AuthError('token_missing') }

describe('a request passes', () => {
  test('in the same tick where the decision is there', () => {
    const request = exchange()
    const { requireAuth, getAuth } = createCallbackAuth<Exchange, Exchange, Claims>(
      { verifier: verifierOf(() => allow) },
      framework,
      ({ auth }) => auth,
    )
    let calls = 0
    requireAuth()(request, request, (error) => {
      expect(error).toBeUndefined()
      calls += 1
    })
    expect([calls, getAuth(request)]).toEqual([1, somebody])
  })

  test('later where the decision takes time', async () => {
    expect(await passed(async () => allow)).toBeUndefined()
  })

  test('as nobody, with nothing said about caching', async () => {
    const request = exchange({ 'cache-control': 'public' })
    expect(await passed(() => ({ allow: true, auth: null }), request)).toBeUndefined()
    expect(request.fields.get('cache-control')).toBe('public')
    const { getOptionalAuth } = createCallbackAuth<Exchange, Exchange, Claims>(
      { verifier: plain },
      framework,
      ({ auth }) => auth,
    )
    expect(getOptionalAuth(request)).toBeNull()
  })
})

describe('a request never passes', () => {
  test('that is refused: it is answered', async () => {
    const request = exchange()
    expect(await passed(async () => deny, request)).toBe('not called')
    expect(request.refused?.code).toBe('token_missing')
  })

  test.each<[string, () => Given, Partial<CallbackFramework<Exchange, Exchange, Claims>>]>([
    ['whose verifier throws nothing', throwing(undefined), {}],
    ['whose verifier rejects with nothing', () => Promise.reject(), {}],
    ['whose identity finds no place', () => allow, { keep: throwing(new ConfigError('no place')) }],
    ['whose refusal throws', () => deny, { deny: throwing('route') }],
    ['whose refusal rejects', () => deny, { deny: () => Promise.reject() }],
  ])('%s: an error goes to the framework', async (_name, decide, change) => {
    expect(await passed(decide, exchange(), change)).toBeInstanceOf(Error)
  })
})

function throwing(thrown: unknown): () => never {
  return () => {
    throw thrown
  }
}

describe('caching of a cookie-borne answer', () => {
  test.each([
    ['public, max-age=60', 'private'],
    ['no-store', 'no-store'],
    ['Private, max-age=5', 'Private, max-age=5'],
  ])('where an app-wide default says %s', async (before, after) => {
    const request = exchange({ 'cache-control': before, 'cdn-cache-control': 'max-age=60' })
    await passed(() => allow, request)
    expect(Object.fromEntries(request.fields)).toEqual({ 'cache-control': after })
  })
})

test('what a decision brings goes on the response, also of a refusal and of an error', async () => {
  const cookie = { name: 'a' } as ResponseCookie
  for (const decision of [allow, deny]) {
    const request = exchange()
    await passed(() => ({ ...decision, response: { headers: { 'dpop-nonce': 'n' }, cookies: [cookie] } }), request)
    expect([request.fields.get('dpop-nonce'), request.cookies]).toEqual(['n', [cookie]])
  }
  const failed = exchange()
  const thrown = new Error('of the app')
  const decision: Given = { allow: false, thrown, response: { headers: { 'dpop-nonce': 'n' }, cookies: [cookie] } }
  expect(await passed(() => decision, failed)).toBe(thrown)
  expect([failed.fields.get('dpop-nonce'), failed.cookies]).toEqual(['n', [cookie]])
  const request = exchange()
  await passed(() => ({ ...allow, response: {} }), request)
  expect(request.cookies).toEqual([])
})

test('requireSameOrigin asks where a request comes from, and stores nobody', () => {
  const events: unknown[] = []
  const verifier = createVerifier({
    issuer: 'https://id.example',
    audience: 'api',
    secret: new Uint8Array(32),
    onEvent: (event) => events.push(event),
  })
  const auth = createCallbackAuth<Exchange, Exchange, Claims>({ verifier }, framework, (request) => request.auth)
  const guard = auth.requireSameOrigin()
  const [own, foreign] = [exchange(), exchange({}, { 'sec-fetch-site': 'cross-site' })]
  let calls = 0
  for (const request of [own, foreign]) guard(request, request, () => (calls += 1))
  expect([calls, foreign.refused?.code, own.auth]).toEqual([1, 'origin_rejected', undefined])
  expect(events).toEqual([{ type: 'denied', code: 'origin_rejected', reason: 'origin_rejected' }])
  expect(() => auth.getAuth(own)).toThrow(ConfigError)
  expect(requirementOf(guard)).toBeUndefined()
})

describe('options', () => {
  const sessions: GuardedSessions<Claims> = { verifier: plain, authenticateOrRefresh: () => deny }

  test('a guard of sessions refreshes where it is asked to', () => {
    const auth = createCallbackAuth<Exchange, Exchange, Claims>({ sessions }, framework, ({ auth }) => auth)
    const request = exchange()
    auth.optionalAuth({ refresh: true })(request, request, () => expect.fail('It passed.'))
    expect(request.refused).toBeInstanceOf(AuthError)
    expect(requirementOf(auth.optionalAuth({ scope: 'read' }))).toMatchObject({ required: false, scope: ['read'] })
    expect(() => auth.requireAuth({ refresh: 1 } as never)).toThrow('refresh must be true or false')
  })

  test('without sessions refresh is unknown', () => {
    const auth = createCallbackAuth<Exchange, Exchange, Claims>({ verifier: plain }, framework, ({ auth }) => auth)
    expect(() => auth.requireAuth({ refresh: true })).toThrow('unknown option "refresh"')
  })

  test('a verifier, or that of sessions', () => {
    expect(readVerifier('xAuth', { verifier: plain })).toBe(plain)
    expect(readVerifier<Claims>('xAuth', { sessions, variable: 'a' } as Options, { variable: true })).toBe(plain)
  })

  test.each<[string, object | undefined]>([
    ['xAuth: takes an object of options', undefined],
    ['xAuth: unknown option "verifer"', { verifer: plain }],
    ['xAuth: verifier is missing', {}],
    ['xAuth: verifier is missing', { verifier: Promise.resolve(plain) }],
    ['xAuth: sessions is missing', { sessions: null }],
    ['xAuth: sessions is missing', { sessions: {} }],
    ['xAuth: give verifier or sessions, not both', { verifier: plain, sessions }],
    ['xAuth: onDeny must be a function', { verifier: plain, onDeny: 'no' }],
    ['realm takes printable ASCII', { verifier: plain, realm: '"' }],
  ])('%s', (message, options) => {
    const read = () => readVerifier('xAuth', options as Options)
    expect(read).toThrow(ConfigError)
    expect(read).toThrow(message)
  })
})

test('who asks for the metadata is answered, and all else passes', () => {
  const resource = protectedResource({ resource: 'https://app.example' })
  const secret = new Uint8Array(32)
  const verifier = createVerifier({ issuer: 'https://id.example', audience: 'api', secret, resource })
  const sent: string[] = []
  const answering = { ...framework, send: (_request: Exchange, { body }: { body: string }) => void sent.push(body) }
  const mount = createCallbackAuth<Exchange, Exchange, Claims>(
    { verifier },
    answering,
    ({ auth }) => auth,
  ).resourceMetadata()
  let passed = 0
  for (const path of ['/', '/.well-known/oauth-protected-resource']) {
    const request = { ...exchange(), method: 'GET', url: () => `https://app.example${path}` }
    mount(request, request, () => passed++)
  }
  expect(passed).toBe(1)
  expect(sent).toEqual([verifier.resourceMetadata?.body])
})
