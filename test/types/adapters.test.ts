import { type Auth, type AuthError, ConfigError, createVerifier, type UntypedClaims } from '@latchkey/core'
import { type ExpressAuth, type ExpressSessionAuth, expressAuth, type OnDeny as OnExpressDeny } from '@latchkey/express'
import { type FastifyAuth, type FastifySessionAuth, fastifyAuth, type OnDeny as OnFastifyDeny } from '@latchkey/fastify'
import { fetchAuth, type OnDeny as OnFetchDeny } from '@latchkey/fetch'
import { honoAuth, type OnDeny as OnHonoDeny } from '@latchkey/hono'
import { OptionalAuth, type PlatformAuth, RequireAuth } from '@latchkey/nest'
import express from 'express'
import { type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import { type Context, Hono } from 'hono'
import { expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'

const common = { issuer: 'https://id.example', audience: null } as const
const typed = createVerifier({ ...common, claims: z.object({ email: z.string() }) })
const untyped = createVerifier(common)

test('Fastify: getAuth has the claims of the schema', () => {
  const { plugin, requireAuth, getAuth, getOptionalAuth } = fastifyAuth({ verifier: typed })
  const app = fastify()
  app.register(plugin)
  app.get<{ Params: { id: string } }>('/:id', { onRequest: requireAuth({ scope: 'read' }) }, (request) => {
    expectTypeOf(request.params.id).toEqualTypeOf<string>()
    expectTypeOf(getAuth(request).claims.email).toEqualTypeOf<string>()
    expectTypeOf(getAuth(request).source).toEqualTypeOf<'header' | 'cookie' | 'given'>()
    // @ts-expect-error: a misspelt claim
    void getAuth(request).claims.emial
    // @ts-expect-error: nobody may be signed in
    void getOptionalAuth(request).claims
    return getOptionalAuth(request)?.claims.email
  })
  expectTypeOf(fastifyAuth({ verifier: untyped }).getAuth).returns.toEqualTypeOf<Auth<UntypedClaims>>()
})

test('Express: getAuth has the claims of the schema', () => {
  const { requireAuth, getAuth, getOptionalAuth } = expressAuth({ verifier: typed })
  express().get('/:id', requireAuth({ scope: ['read'] }), (req, res) => {
    expectTypeOf(req.params.id).toEqualTypeOf<string>()
    expectTypeOf(getAuth(req).claims.email).toEqualTypeOf<string>()
    // @ts-expect-error: a misspelt claim
    void getAuth(req).claims.emial
    // @ts-expect-error: nobody may be signed in
    void getOptionalAuth(req).claims
    res.json(getOptionalAuth(req)?.claims.email)
  })
  expectTypeOf(expressAuth({ verifier: untyped }).getAuth).returns.toEqualTypeOf<Auth<UntypedClaims>>()
})

test('Hono: the guard types c.var.auth', () => {
  const { requireAuth, optionalAuth, getAuth, getOptionalAuth } = honoAuth({ verifier: typed })
  new Hono()
    .get('/', requireAuth(), (c) => {
      expectTypeOf(c.var.auth.claims.email).toEqualTypeOf<string>()
      // @ts-expect-error: a misspelt claim
      void c.var.auth.claims.emial
      expectTypeOf(getAuth(c).claims.email).toEqualTypeOf<string>()
      return c.text(c.var.auth.claims.email)
    })
    .get('/optional', optionalAuth(), (c) => {
      // @ts-expect-error: nobody may be signed in
      void c.var.auth.claims
      expectTypeOf(getOptionalAuth(c)?.claims.email).toEqualTypeOf<string | undefined>()
      return c.text(c.var.auth?.claims.email ?? '')
    })
})

test('Nest: takes guards for claims of any shape', () => {
  interface Named {
    readonly email: string
  }
  expectTypeOf<ExpressAuth<Named>>().toExtend<PlatformAuth>()
  expectTypeOf<ExpressSessionAuth<Named>>().toExtend<PlatformAuth>()
  expectTypeOf<FastifyAuth<Named>>().toExtend<PlatformAuth>()
  expectTypeOf<FastifySessionAuth<Named>>().toExtend<PlatformAuth>()
})

test('Nest: the check of a decorator sees the claims that are named, or untyped ones', () => {
  RequireAuth<{ readonly email: string }>({ check: (auth) => auth.claims.email.endsWith('@acme.example') })
  OptionalAuth<{ readonly email: string }>({ check: ({ claims }) => claims.email !== '' })
  RequireAuth({ check: ({ claims }) => claims['tenant'] === 'acme' })
  // @ts-expect-error untyped claims have no known members
  RequireAuth({ check: ({ claims }) => claims.email.endsWith('@acme.example') })
  // @ts-expect-error no such claim
  RequireAuth<{ readonly email: string }>({ check: ({ claims }) => claims.mail !== '' })
})

test('Hono: a second verifier has a variable of its own', () => {
  const staff = honoAuth({ verifier: typed, variable: 'staff' })
  const users = honoAuth({ verifier: untyped })
  new Hono().get('/', users.requireAuth(), staff.requireAuth(), (c) => {
    expectTypeOf(c.var.staff.claims.email).toEqualTypeOf<string>()
    expectTypeOf(c.var.auth.claims['email']).toBeUnknown()
    return c.text('')
  })
})

test.each([fastifyAuth, expressAuth, honoAuth, fetchAuth])(
  'mistakes in the options of %o are found at once',
  (make) => {
    const construct = make as (options: object) => { requireAuth(options: object): object }
    expect(() => construct({ verifier: untyped, relm: 'x' })).toThrow(ConfigError)
    expect(() => construct({ verifier: untyped, realm: 'a"b' })).toThrow(ConfigError)
    expect(() => construct({})).toThrow(/verifier is missing/)
    expect(() => construct({ verifier: untyped }).requireAuth({ scopes: 'x' })).toThrow(ConfigError)
  },
)

test('the type of an onDeny that stands alone has a name in every adapter', () => {
  expectTypeOf<OnFastifyDeny>().parameters.toEqualTypeOf<[AuthError, FastifyRequest, FastifyReply]>()
  expectTypeOf<OnExpressDeny>().parameters.toEqualTypeOf<[AuthError, express.Request, express.Response]>()
  expectTypeOf<OnHonoDeny>().parameters.toEqualTypeOf<[AuthError, Context]>()
  expectTypeOf<OnFetchDeny>().parameters.toEqualTypeOf<[AuthError, Request]>()
})

test('guards and factories take no option that nobody reads', () => {
  // @ts-expect-error: misspelt
  void (() => fastifyAuth({ verifier: typed }).requireAuth({ scopes: 'read' }))
  // @ts-expect-error: misspelt
  void (() => expressAuth({ verifier: typed }).optionalAuth({ scopes: 'read' }))
  // @ts-expect-error: misspelt
  void (() => honoAuth({ verifier: typed }).requireAuth({ scopes: 'read' }))
  // @ts-expect-error: no verifier
  void (() => fastifyAuth({}))
  // @ts-expect-error: no verifier
  void (() => expressAuth({ realm: 'api' }))
  // @ts-expect-error: no such option
  void (() => honoAuth({ verifier: typed, relam: 'api' }))
})

test('a check knows the claims of the schema, and answers yes or no', () => {
  const adapters = [
    fastifyAuth({ verifier: typed }),
    expressAuth({ verifier: typed }),
    fetchAuth({ verifier: typed }),
  ] as const
  for (const { requireAuth } of adapters) {
    void requireAuth({ check: ({ claims }) => claims.email.endsWith('@example.com') })
    void requireAuth({ check: async ({ claims, roles }) => claims.email !== '' && roles.includes('editor') })
    // @ts-expect-error: a misspelt claim
    void (() => requireAuth({ check: ({ claims }) => claims.emial === '' }))
    // @ts-expect-error: a text is no answer
    void (() => requireAuth({ check: ({ claims }) => claims.email }))
    // @ts-expect-error: no answer at all
    void (() => requireAuth({ check: () => {} }))
    // @ts-expect-error: neither is a promise of something else
    void (() => requireAuth({ check: async ({ claims }) => claims.email }))
  }
  const { requireAuth, optionalAuth } = honoAuth({ verifier: typed })
  void optionalAuth({ check: ({ claims }) => claims.email !== '' })
  // @ts-expect-error: a misspelt claim
  void (() => requireAuth({ check: ({ claims }) => claims.emial === '' }))
  // Without a schema a claim can be anything.
  const plain = honoAuth({ verifier: untyped })
  void plain.requireAuth({ check: ({ claims }) => claims['tenant'] === 'acme' })
  // @ts-expect-error: of an unknown type
  void (() => plain.requireAuth({ check: ({ claims }) => claims['tenant'].length > 0 }))
})

test('what a route asks for has the types of what it means', () => {
  const { requireAuth } = honoAuth({ verifier: untyped })
  void requireAuth({ anyScope: ['a', 'b'], role: 'editor', acr: ['mfa'], maxAuthAge: 300 })
  void requireAuth({ authorizationDetails: [{ type: 'payment', actions: ['initiate'] }] })
  // @ts-expect-error: misspelt
  void (() => requireAuth({ roles: ['editor'] }))
  // @ts-expect-error: misspelt
  void (() => requireAuth({ anyScopes: ['a'] }))
  // @ts-expect-error: seconds, not a text
  void (() => requireAuth({ maxAuthAge: '5m' }))
  // @ts-expect-error: a role is a text
  void (() => requireAuth({ role: 5 }))
  // @ts-expect-error: an authorization detail has a type
  void (() => requireAuth({ authorizationDetails: { actions: ['initiate'] } }))
  // @ts-expect-error: a member that nobody compares
  void (() => requireAuth({ authorizationDetails: { type: 'payment', amount: 5 } }))
  // @ts-expect-error: of sessions only
  void (() => requireAuth({ refresh: true }))
})

test('an empty list asks for nothing that anybody could have', () => {
  const { requireAuth } = honoAuth({ verifier: untyped })
  for (const option of ['scope', 'anyScope', 'role', 'acr', 'authorizationDetails']) {
    expect(() => requireAuth({ [option]: [] }), option).toThrow(ConfigError)
    expect(() => requireAuth({ [option]: '' } as object), option).toThrow(ConfigError)
  }
})
