import { createVerifier, protectedResource } from '@latchkey/core'
import { honoAuth } from '@latchkey/hono'
import { createMcpHandler } from '@modelcontextprotocol/server'
import { Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { z } from 'zod'
import { createNotesServer } from './notes.js'

export interface Settings {
  /** The public URL of `/mcp`: what tokens call this server in `aud`. */
  readonly resource: string
  /** The authorization server. */
  readonly issuer: string
}

/** A call of a tool that changes something. */
const writing = z.object({ method: z.literal('tools/call'), params: z.object({ name: z.literal('add_note') }) })

export function createApp({ resource, issuer }: Settings): Hono<{ Variables: { body: unknown } }> {
  const verifier = createVerifier({
    issuer,
    audience: resource,
    tokenType: 'at+jwt',
    scopeImplies: { 'notes:write': ['notes:read'] },
    // What a client should ask for first; for more it comes back when a call is refused.
    resource: protectedResource({ resource, authorizationServers: [issuer], scopes: ['notes:read'] }),
  })
  const { requireAuth, resourceMetadata } = honoAuth({ verifier })
  const mayWrite: MiddlewareHandler = requireAuth({ scope: 'notes:write' })
  const mcp = createMcpHandler(({ authInfo }) => createNotesServer(authInfo?.clientId ?? ''))

  const app = new Hono<{ Variables: { body: unknown } }>()
  app.use(resourceMetadata())
  app.all(
    '/mcp',
    requireAuth({ scope: 'notes:read' }),
    bodyLimit({ maxSize: 1024 * 1024 }),
    // Before the tool runs: inside it, a refusal would be a result and no challenge.
    async (c, next) => {
      if (c.req.method !== 'POST') return next()
      const body = await c.req.json().catch(() => undefined)
      if (body === undefined) return c.json(notJson, 400)
      c.set('body', body)
      return [body].flat().some((call) => writing.safeParse(call).success) ? mayWrite(c, next) : next()
    },
    (c) => {
      const { sub = '' } = c.var.auth.claims
      // The tools get no token: it is for this server, and not to be passed on.
      const authInfo = { token: '', clientId: sub, scopes: [...c.var.auth.scope] }
      // The body that was judged is the one that runs.
      return mcp.fetch(c.req.raw, { authInfo, parsedBody: c.var.body })
    },
  )
  return app
}

const notJson = { jsonrpc: '2.0', id: null, error: { code: -32700, message: 'Parse error' } }
