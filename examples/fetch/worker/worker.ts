import { fetchAuth } from '@latchkey/fetch'
import { createKeyring, createSessions } from '@latchkey/session'
import { findUser } from './users.ts'

type Handler = (request: Request, bindings: object, context: object) => Response | Promise<Response>

/** Keys and sessions belong to this isolate alone, which is enough to try it. In production, use a store and stored keys. */
async function createApp(): Promise<Handler> {
  const sessions = createSessions({
    keyring: await createKeyring(),
    issuer: 'https://app.example',
    audience: 'https://app.example',
  })
  const { session, requireAuth, getAuth } = fetchAuth({ sessions })
  const sessionRoutes = session.routes('/session')
  const me: Handler = requireAuth({ refresh: true })((request: Request, _bindings: object, _context: object) =>
    Response.json({ sub: getAuth(request).claims.sub }),
  )
  const publish: Handler = requireAuth({ scope: 'posts:write' })(
    (request: Request, _bindings: object, _context: object) =>
      Response.json({ author: getAuth(request).claims.sub }, { status: 201 }),
  )
  const logIn: Handler = async (request) => {
    const user = findUser(await session.readJson(request))
    return user === undefined ? new Response('Wrong name', { status: 401 }) : session.start(request, user)
  }
  const routes = new Map([
    ['GET /me', me],
    ['POST /posts', publish],
    ['POST /log-in', logIn],
  ])

  return (request, bindings, context) => {
    const route = routes.get(`${request.method} ${new URL(request.url).pathname}`)
    // The guard takes `waitUntil` from the context, so that background work may go on after the response.
    if (route !== undefined) return route(request, bindings, context)
    return sessionRoutes(request) ?? new Response('Not found', { status: 404 })
  }
}

let app: Promise<Handler> | undefined

export default {
  // Made inside the handler, because a Worker may not generate random numbers before its first request.
  fetch: async (request: Request, bindings: object, context: object): Promise<Response> => {
    app ??= createApp()
    return (await app)(request, bindings, context)
  },
}
