import { createVerifier, protectedResource } from '@latchkey/core'
import { honoAuth } from '@latchkey/hono'
import { createMcpHandler } from '@modelcontextprotocol/server'
import { Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { z } from 'zod'
import { createNotesServer } from './notes.js'

export interface Settings {
  /** The public URL of `/mcp`, which tokens for this server have as `aud`. */
  readonly resource: string
  /** The issuer URL of the authorization server. */
  readonly issuer: string
}

/** Matches a call of a tool that changes something. */
const writing = z.object({ method: z.literal('tools/call'), params: z.object({ name: z.literal('add_note') }) })

export function createApp({ resource, issuer }: Settings): Hono<{ Variables: { body: unknown } }> {
  const verifier = createVerifier({
    issuer,
    audience: resource,
    tokenType: 'at+jwt',
    scopeImplies: { 'notes:write': ['notes:read'] },
    // The scopes a client should ask for first. It asks for more when a call is refused.
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
    // Checked before the tool runs: a refusal inside the tool would be sent as a result, not as a challenge.
    async (c, next) => {
      if (c.req.method !== 'POST') return next()
      const body = await c.req.json().catch(() => undefined)
      if (body === undefined) return c.json(notJson, 400)
      c.set('body', body)
      return [body].flat().some((call) => writing.safeParse(call).success) ? mayWrite(c, next) : next()
    },
    (c) => {
      const { sub = '' } = c.var.auth.claims
      // The tools get no token: it is meant for this server, and must not be passed on.
      const authInfo = { token: '', clientId: sub, scopes: [...c.var.auth.scope] }
      // Runs the same body that was checked above.
      return mcp.fetch(c.req.raw, { authInfo, parsedBody: c.var.body })
    },
  )
  return app
}

const notJson = { jsonrpc: '2.0', id: null, error: { code: -32700, message: 'Parse error' } }
