import { type FetchSessionAuth, fetchAuth } from '@latchkey/fetch'
import type { Login } from '@latchkey/session'
import {
  type Answer,
  events,
  failed,
  guarded,
  me,
  moveClock,
  notFound,
  optional,
  publicAnswer,
  stats,
  upgradeRequired,
} from './answers.js'
import type { Contract } from './config.js'
import { endDevice, listDevices, readForm } from './devices.js'
import type { OpenSocket } from './fetch-sockets.js'
import type { FetchApp } from './listen.js'
import { receive } from './socket.js'

/** Any argument after the request comes from the platform, such as a Worker's context, which the guards use to keep it alive. */
type Handler = (request: Request, ...platform: unknown[]) => Response | undefined | Promise<Response | undefined>

/** The contract server on plain `Request` and `Response`, with a table of routes as its router. */
export function fetchApp(contract: Contract, open: OpenSocket): FetchApp {
  const { verifier, sessions } = contract
  const auth = sessions === undefined ? fetchAuth({ verifier }) : fetchAuth({ sessions })
  const { requireAuth, requireSameOrigin, optionalAuth, getAuth, getOptionalAuth, resourceMetadata } = auth
  const socket: Handler = (request, ...platform) =>
    request.headers.get('upgrade')?.toLowerCase() === 'websocket'
      ? open(request, platform, (peer) => receive(verifier, getAuth(request), peer))
      : send(upgradeRequired)
  const who: Handler = (request) => send(me(getAuth(request)))
  const routes = new Map<string, Handler>([
    ['GET /public', () => send(publicAnswer)],
    ['POST /same-origin', requireSameOrigin()(() => send(publicAnswer))],
    ['* /me', requireAuth()(who)],
    ['GET /optional', optionalAuth()((request) => send(optional(getOptionalAuth(request))))],
    ['GET /read', requireAuth({ scope: 'read' })(who)],
    ['GET /socket', requireAuth()(socket)],
    ['GET /admin', requireAuth({ scope: ['read', 'admin'] })(who)],
    ...contract.guards.flatMap(({ path, isOptional, options }): [string, Handler][] => {
      const guard = isOptional ? optionalAuth(options) : requireAuth(options)
      const handler = guard((request) => send(guarded(getOptionalAuth(request))))
      return [
        [`GET ${path}`, handler],
        [`POST ${path}`, handler],
      ]
    }),
    ...('session' in auth ? sessionRoutes(auth, contract) : []),
    ['GET /stats', () => send(stats(contract))],
    ['GET /events', () => send(events(contract))],
    ['POST /clock', async (request) => send(moveClock(contract, await request.text()))],
  ])

  const route: Handler = async (request, ...platform) => {
    // Bun takes the host from the Host field, whatever it contains.
    if (!URL.canParse(request.url)) return send(notFound)
    const { pathname } = new URL(request.url)
    const method = request.method === 'HEAD' ? 'GET' : request.method
    const handler = [
      `${method} ${pathname}`,
      `* ${pathname}`,
      `${method} ${pathname.replace(/^\/sessions\/[^/]+$/, '/sessions/*')}`,
    ]
      .map((each) => routes.get(each))
      .find((found) => found !== undefined)
    try {
      return handler === undefined ? send(notFound) : await handler(request, ...platform)
    } catch (error) {
      console.error(error)
      return send(failed)
    }
  }
  return { fetch: verifier.resourceMetadata === undefined ? route : resourceMetadata()(route) }
}

function sessionRoutes({ session, requireAuth, getAuth }: FetchSessionAuth, contract: Contract): [string, Handler][] {
  const forms: [string, Handler][] = [
    [
      'POST /form/log-in',
      async (request) => {
        const { login, redirect } = readForm(await request.text())
        return session.start(request, login, { redirect })
      },
    ],
    [
      'POST /form/log-out',
      async (request) => session.end(request, { redirect: readForm(await request.text()).redirect }),
    ],
  ]
  return [
    ['POST /session', async (request) => session.start(request, (await session.readJson(request)) as Login)],
    ['POST /session/refresh', session.refresh],
    ['POST /session/device', session.bind],
    ['DELETE /session', (request) => session.end(request)],
    ['DELETE /session/all', session.endAll],
    ['GET /.well-known/jwks.json', session.jwks],
    ['GET /sessions', requireAuth()(async (request: Request) => send(await listDevices(contract, getAuth(request))))],
    [
      'DELETE /sessions/*',
      requireAuth()(async (request: Request) => {
        const id = new URL(request.url).pathname.slice('/sessions/'.length)
        return send(await endDevice(contract, getAuth(request), id))
      }),
    ],
    ...(contract.hasForms ? forms : []),
  ]
}

function send({ status, headers, body }: Answer): Response {
  return new Response(body, { status, headers })
}
