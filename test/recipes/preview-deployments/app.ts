import { createVerifier, type Verifier } from '@latchkey/core'
import { honoAuth } from '@latchkey/hono'
import { Hono } from 'hono'
import { cors } from 'hono/cors'

// The whole origin, from scheme to end, on a domain where nobody else can deploy.
const preview = /^https:\/\/pr-\d+\.preview\.example\.com$/

const isOurPage = (origin: string) => origin === 'https://app.example.com' || preview.test(origin)

export function createVerifierFor(issuer: string, audience: string): Verifier {
  return createVerifier({
    issuer,
    audience, // of this deployment: previews have their own, so that production takes none of their tokens
    tokenFrom: ['header', { cookie: '__Secure-access' }],
    trustedOrigins: isOurPage,
  })
}

export function createApp(verifier: Verifier) {
  const { requireAuth } = honoAuth({ verifier })
  const app = new Hono()

  // Before the guard, so that it answers preflights, and pages can read refusals.
  app.use(cors({ origin: (origin) => (isOurPage(origin) ? origin : null), credentials: true }))

  app.post('/posts', requireAuth(), (c) => c.json({ author: c.var.auth.claims.sub }, 201))
  return app
}
