import { randomUUID } from 'node:crypto'
import type { AuthError, Verifier } from '@latchkey/core'
import { denialOf } from '@latchkey/core/adapter'
import { expressAuth } from '@latchkey/express'
import express, { type Express, type Response } from 'express'

/** A problem of this API (RFC 9457): a page for each type, and an instance to quote to the support. */
function problem(type: string, title: string, status: number) {
  return { type: `https://api.example/problems/${type}`, title, status, instance: `urn:uuid:${randomUUID()}` }
}

/** The status, the challenge and `Retry-After` stay as they are, for clients act on them. The body is ours. */
function answer(error: AuthError, res: Response): void {
  const { status, headers } = denialOf(error)
  const body = problem(error.code, error.message, status)
  console.warn(JSON.stringify({ instance: body.instance, code: error.code, reason: error.reason }))
  res
    .status(status)
    .set(headers)
    .send(Buffer.from(JSON.stringify(body)))
}

export function createApp(verifier: Verifier): Express {
  const { requireAuth, getAuth } = expressAuth({ verifier, onDeny: (error, _req, res) => answer(error, res) })
  const app = express()

  app.get('/me', requireAuth(), (req, res) => void res.json({ sub: getAuth(req).claims.sub }))
  app.get('/admin', requireAuth({ scope: 'admin' }), (_req, res) => void res.json({ ok: true }))
  app.use((_req, res) => {
    const body = problem('not_found', 'There is nothing here.', 404)
    res
      .status(404)
      .type('application/problem+json')
      .send(Buffer.from(JSON.stringify(body)))
  })
  return app
}
