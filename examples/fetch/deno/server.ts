import { fetchAuth } from '@latchkey/fetch'
import { sessions } from './sessions.ts'
import { findUser } from './users.ts'

const { session, requireAuth, getAuth } = fetchAuth({ sessions })
const sessionRoutes = session.routes('/session')

const me = requireAuth({ refresh: true })((request) => Response.json({ sub: getAuth(request).claims.sub }))
const publish = requireAuth({ scope: 'posts:write' })((request) =>
  Response.json({ author: getAuth(request).claims.sub }, { status: 201 }),
)

async function logIn(request: Request): Promise<Response> {
  const user = findUser(await session.readJson(request))
  return user === undefined ? new Response('Wrong name', { status: 401 }) : session.start(request, user)
}

Deno.serve({ port: Number(Deno.env.get('PORT') ?? 3000) }, (request) => {
  switch (`${request.method} ${new URL(request.url).pathname}`) {
    case 'GET /me':
      return me(request)
    case 'POST /posts':
      return publish(request)
    case 'POST /log-in':
      return logIn(request)
    default:
      return sessionRoutes(request) ?? new Response('Not found', { status: 404 })
  }
})
