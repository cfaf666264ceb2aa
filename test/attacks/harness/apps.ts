import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import type { Auth, Verifier } from '@latchkey/core'
import { expressAuth } from '@latchkey/express'
import { fastifyAuth } from '@latchkey/fastify'
import { fetchAuth } from '@latchkey/fetch'
import { honoAuth } from '@latchkey/hono'
import express from 'express'
import { fastify } from 'fastify'
import { Hono } from 'hono'

/** What a guarded route answers with, so that an attack can be seen to have come through. */
export interface Seen {
  readonly sub: string | null
  readonly source: string | null
  readonly scope: readonly string[]
  readonly claims: unknown
}

function see(auth: Auth<object> | null): Seen {
  if (auth === null) return { sub: null, source: null, scope: [], claims: null }
  return { sub: auth.claims.sub ?? null, source: auth.source, scope: auth.scope, claims: auth.claims }
}

/** A handler that writes wherever it can, as a careless one might; what refuses to be written to throws. */
function poison(auth: Auth<object>): Seen {
  const claims = auth.claims as unknown as Record<string, unknown>
  const writes = [
    () => Object.assign(claims, { sub: 'eve', admin: true }),
    () => delete claims['exp'],
    () => (claims['roles'] as string[]).push('admin'),
    () => Object.assign(claims['profile'] as object, { admin: true }),
    () => (auth.scope as string[]).push('admin'),
    () => Object.assign(auth, { source: 'header', claims: { sub: 'eve' }, scope: ['admin'] }),
  ]
  for (const write of writes) {
    try {
      write()
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
    }
  }
  return see(auth)
}

/**
 * One small app per framework over the same verifier: `/me`, `/sub` and `/poison` need a token, `/optional` does not,
 * `/admin` needs the scope `admin`. Any method will do, and bodies are not read.
 */
export const frameworks: Readonly<Record<string, (verifier: Verifier) => Promise<Server>>> = {
  fastify: async (verifier) => {
    const app = fastify()
    const { plugin, requireAuth, optionalAuth, getAuth, getOptionalAuth } = fastifyAuth({ verifier })
    await app.register(plugin)
    app.addContentTypeParser('*', (_request, payload, done) => {
      payload.resume()
      done(null)
    })
    app.all('/me', { onRequest: requireAuth() }, async (request) => see(getAuth(request)))
    app.all('/sub', { onRequest: requireAuth() }, async (request) => ({ sub: getAuth(request).claims.sub }))
    app.all('/poison', { onRequest: requireAuth() }, async (request) => poison(getAuth(request)))
    app.all('/optional', { onRequest: optionalAuth() }, async (request) => see(getOptionalAuth(request)))
    app.all('/admin', { onRequest: requireAuth({ scope: 'admin' }) }, async (request) => see(getAuth(request)))
    await app.listen({ port: 0, host: '127.0.0.1' })
    return app.server
  },

  express: async (verifier) => {
    const app = express()
    const { requireAuth, optionalAuth, getAuth, getOptionalAuth } = expressAuth({ verifier })
    app.all('/me', requireAuth(), (req, res) => void res.json(see(getAuth(req))))
    app.all('/sub', requireAuth(), (req, res) => void res.json({ sub: getAuth(req).claims.sub }))
    app.all('/poison', requireAuth(), (req, res) => void res.json(poison(getAuth(req))))
    app.all('/optional', optionalAuth(), (req, res) => void res.json(see(getOptionalAuth(req))))
    app.all('/admin', requireAuth({ scope: 'admin' }), (req, res) => void res.json(see(getAuth(req))))
    return new Promise((resolve) => {
      const server = app.listen(0, '127.0.0.1', () => resolve(server))
    })
  },

  hono: async (verifier) => {
    const app = new Hono()
    const { requireAuth, optionalAuth } = honoAuth({ verifier })
    app.all('/me', requireAuth(), (c) => c.body(JSON.stringify(see(c.var.auth))))
    app.all('/sub', requireAuth(), (c) => c.json({ sub: c.var.auth.claims.sub }))
    app.all('/poison', requireAuth(), (c) => c.body(JSON.stringify(poison(c.var.auth))))
    app.all('/optional', optionalAuth(), (c) => c.body(JSON.stringify(see(c.var.auth))))
    app.all('/admin', requireAuth({ scope: 'admin' }), (c) => c.body(JSON.stringify(see(c.var.auth))))
    return listen(app.fetch)
  },

  fetch: async (verifier) => {
    const { requireAuth, optionalAuth, getAuth, getOptionalAuth } = fetchAuth({ verifier })
    const answer = (seen: object) => new Response(JSON.stringify(seen))
    const routes: Readonly<Record<string, (request: Request) => Response | Promise<Response>>> = {
      '/me': requireAuth()((request) => answer(see(getAuth(request)))),
      '/sub': requireAuth()((request) => answer({ sub: getAuth(request).claims.sub })),
      '/poison': requireAuth()((request) => answer(poison(getAuth(request)))),
      '/optional': optionalAuth()((request) => answer(see(getOptionalAuth(request)))),
      '/admin': requireAuth({ scope: 'admin' })((request) => answer(see(getAuth(request)))),
    }
    return listen((request) => routes[new URL(request.url).pathname]?.(request) ?? new Response(null, { status: 404 }))
  },
}

function listen(answer: (request: Request) => Response | Promise<Response>): Promise<Server> {
  const server = createAdaptorServer({ fetch: answer, hostname: '127.0.0.1' }) as Server
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server))
  })
}
