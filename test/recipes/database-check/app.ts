import type { Auth, Verifier } from '@latchkey/core'
import { fastifyAuth } from '@latchkey/fastify'
import { type FastifyInstance, fastify } from 'fastify'

/** As much of a user table as the question takes. */
export interface Users {
  /** Undefined for nobody. Rejects with `UsersUnavailable` where the database cannot say. */
  find(id: string): Promise<{ readonly blocked: boolean } | undefined>
}

export class UsersUnavailable extends Error {}

export async function createApp(verifier: Verifier, users: Users): Promise<FastifyInstance> {
  const { plugin, requireAuth, getAuth } = fastifyAuth({ verifier })
  const app = fastify()
  await app.register(plugin)

  const isActive = async ({ claims }: Auth) => {
    if (claims.sub === undefined) return false
    const user = await users.find(claims.sub)
    return user?.blocked === false
  }

  // What the check throws arrives here: the database is down, and that is no refusal.
  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof UsersUnavailable)) throw error
    return reply.code(503).header('retry-after', '5').send({ error: 'Try again later.' })
  })

  app.get('/me', { onRequest: requireAuth({ check: isActive }) }, async (request) => ({
    sub: getAuth(request).claims.sub,
  }))
  app.delete('/posts', { onRequest: requireAuth({ scope: 'posts:write', check: isActive }) }, async () => ({
    ok: true,
  }))
  return app
}
