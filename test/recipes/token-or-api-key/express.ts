import type { Verifier } from '@latchkey/core'
import { expressAuth } from '@latchkey/express'
import express, { type Express, type RequestHandler } from 'express'
import type { ClientOf } from './api-keys.js'

export function createApp(verifier: Verifier, clientOf: ClientOf): Express {
  const { requireAuth, getAuth } = expressAuth({ verifier })
  const guard = requireAuth({ scope: 'reports' })
  const app = express()

  const callers: RequestHandler = (req, res, next) => {
    const client = clientOf(req.get('x-api-key'))
    if (client === undefined) return guard(req, res, next)
    res.locals['client'] = client
    next()
  }

  app.get('/reports', callers, (req, res) => {
    res.json({ caller: res.locals['client'] ?? getAuth(req).claims.sub })
  })
  return app
}
