import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { fetchAuth, type OnDeny } from '@latchkey/fetch'
import type { Sessions } from '@latchkey/session'
import type { AdapterApp, Refusals } from '@latchkey/testing/adapter-contract'
import { close, listen } from '../../servers/listen.js'

type Handler = (request: Request) => Response | Promise<Response>

/** The app of the adapter contract, on nothing but `Request` and `Response`. */
export async function serveFetch(sessions: Sessions, { realm, onDeny }: Refusals = {}): Promise<AdapterApp> {
  const answer: OnDeny = (error) => new Response(onDeny?.(error), { status: 418 })
  const options = { ...(realm && { realm }), ...(onDeny && { onDeny: answer }) }
  const { requireAuth, optionalAuth, getAuth, session } = fetchAuth({ sessions, ...options })
  const who: Handler = (request) => new Response(getAuth(request).claims.sub)
  const mounted = session.routes('/mounted')
  const routes: Readonly<Record<string, Handler>> = {
    'POST /login': (request) => session.start(request, { sub: new URL(request.url).searchParams.get('sub') ?? '' }),
    'POST /session/refresh': session.refresh,
    'DELETE /session': session.end,
    'DELETE /session/all': session.endAll,
    'GET /me': requireAuth()(who),
    'GET /page': requireAuth({ refresh: true })(who),
    'GET /public': () => {
      const headers = { 'cache-control': 'public', 'cdn-cache-control': 'max-age=60', 'surrogate-control': 'a' }
      return new Response('public', { headers })
    },
    'GET /stream': () => new Response(new Blob(['one', 'two']).stream(), { headers: { 'cache-control': 'public' } }),
    // Its fields are sealed.
    'GET /redirect': (request) => Response.redirect(new URL('/me', request.url), 302),
    'GET /throws': () => {
      throw new Error('thrown')
    },
    'GET /own-cookies': () => {
      const headers = new Headers({ 'set-cookie': '__Host-access=; Max-Age=0; Path=/; Secure' })
      headers.append('set-cookie', 'theme=dark')
      return new Response('own', { headers })
    },
    'GET /raw-cookies': () => new Response('raw', { headers: { 'set-cookie': '__Host-refresh=own; Path=/; Secure' } }),
  }
  const app = optionalAuth({ refresh: true })(async (request: Request) => {
    const route = routes[`${request.method} ${new URL(request.url).pathname}`]
    try {
      return await (mounted(request) ?? route?.(request) ?? new Response('not found', { status: 404 }))
    } catch {
      return new Response('failed', { status: 500 })
    }
  })
  const server = createAdaptorServer({ fetch: async (request) => byDefault(await app(request)) }) as Server
  return { url: `http://127.0.0.1:${await listen(server)}`, close: () => close(server) }
}

/** Where nobody has said how to cache an answer. */
function byDefault(response: Response): Response {
  if (response.headers.has('cache-control')) return response
  const copy = new Response(response.body, response)
  copy.headers.set('cache-control', 'public, max-age=60')
  copy.headers.set('cdn-cache-control', 'max-age=60')
  return copy
}
