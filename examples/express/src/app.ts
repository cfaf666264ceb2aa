import { createVerifier } from '@latchkey/core'
import { expressAuth } from '@latchkey/express'
import express, { type Express } from 'express'
import { z } from 'zod'

/** Builds the app. It accepts tokens of one issuer: `ISSUER` and `AUDIENCE` are the `iss` and `aud` of those tokens. */
export function createApp(env: NodeJS.ProcessEnv): Express {
  const verifier = createVerifier({
    issuer: env['ISSUER'] ?? '',
    audience: env['AUDIENCE'] ?? '',
    claims: z.object({ email: z.email() }),
  })
  const { requireAuth, optionalAuth, getAuth, getOptionalAuth } = expressAuth({ verifier })

  const app = express()

  app.get('/', (_req, res) => {
    res.json({ hello: 'world' })
  })

  app.get('/greeting', optionalAuth(), (req, res) => {
    res.json({ hello: getOptionalAuth(req)?.claims.email ?? 'stranger' })
  })

  app.get('/me', requireAuth(), (req, res) => {
    res.json({ email: getAuth(req).claims.email })
  })

  app.post('/posts', requireAuth({ scope: 'posts:write' }), (req, res) => {
    res.status(201).json({ author: getAuth(req).claims.sub })
  })

  return app
}
