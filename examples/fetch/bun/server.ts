import { fetchAuth } from '@latchkey/fetch'
import { sessions } from './sessions.ts'
import { findUser } from './users.ts'

const { session, requireAuth, getAuth } = fetchAuth({ sessions })
const sessionRoutes = session.routes('/session')
const notFound = () => new Response('Not found', { status: 404 })

const server = Bun.serve({
  port: Number(process.env['PORT'] ?? 3000),
  routes: {
    '/log-in': {
      POST: async (request) => {
        const user = findUser(await session.readJson(request))
        return user === undefined ? new Response('Wrong name', { status: 401 }) : session.start(request, user)
      },
    },
    '/me': requireAuth({ refresh: true })((request) => Response.json({ sub: getAuth(request).claims.sub })),
    '/posts': {
      POST: requireAuth({ scope: 'posts:write' })((request) =>
        Response.json({ author: getAuth(request).claims.sub }, { status: 201 }),
      ),
    },
  },
  fetch: (request) => sessionRoutes(request) ?? notFound(),
})
console.log(`listening on ${server.url}`)
