import type { Verifier } from '@latchkey/core'
import { honoAuth } from '@latchkey/hono'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { Hono } from 'hono'
import { router } from './router.js'

export function createApp(verifier: Verifier) {
  const { optionalAuth } = honoAuth({ verifier })
  return new Hono().all('/trpc/*', optionalAuth(), (c) =>
    fetchRequestHandler({
      endpoint: '/trpc',
      req: c.req.raw,
      router,
      createContext: () => ({ auth: c.var.auth }),
    }),
  )
}
