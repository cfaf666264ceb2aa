import { createVerifier } from '@latchkey/core'
import { honoAuth } from '@latchkey/hono'
import { Hono } from 'hono'
import { z } from 'zod'

/** Builds the app. It accepts tokens of one issuer: `ISSUER` and `AUDIENCE` are the `iss` and `aud` of those tokens. */
export function createApp(env: NodeJS.ProcessEnv): Hono {
  const verifier = createVerifier({
    issuer: env['ISSUER'] ?? '',
    audience: env['AUDIENCE'] ?? '',
    claims: z.object({ email: z.email() }),
  })
  const { requireAuth, optionalAuth } = honoAuth({ verifier })

  const app = new Hono()

  app.get('/', (c) => c.json({ hello: 'world' }))

  app.get('/greeting', optionalAuth(), (c) => c.json({ hello: c.var.auth?.claims.email ?? 'stranger' }))

  app.get('/me', requireAuth(), (c) => c.json({ email: c.var.auth.claims.email }))

  app.post('/posts', requireAuth({ scope: 'posts:write' }), (c) => c.json({ author: c.var.auth.claims.sub }, 201))

  return app
}
