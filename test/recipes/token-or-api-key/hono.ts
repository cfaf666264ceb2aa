import type { Verifier } from '@latchkey/core'
import { honoAuth } from '@latchkey/hono'
import { type Context, Hono } from 'hono'
import { some } from 'hono/combine'
import type { ClientOf } from './api-keys.js'

export function createApp(verifier: Verifier, clientOf: ClientOf) {
  const { requireAuth, getAuth } = honoAuth({ verifier })
  const app = new Hono<{ Variables: { client?: string } }>()

  const callers = some(
    (c: Context) => {
      const client = clientOf(c.req.header('x-api-key'))
      c.set('client', client)
      return client !== undefined
    },
    requireAuth({ scope: 'reports' }), // last: it answers
  )

  app.get('/reports', callers, (c) => c.json({ caller: c.var.client ?? getAuth(c).claims.sub }))
  return app
}
