import { type HonoSessionAuth, honoAuth } from '@latchkey/hono'
import type { Login } from '@latchkey/session'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import type { StatusCode } from 'hono/utils/http-status'
import type { UpgradeWebSocket } from 'hono/ws'
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
import { isObject } from './is-object.js'
import { receive, type Visit } from './socket.js'

/** The contract server on Hono; how sockets are opened depends on where it runs. */
export function honoApp(contract: Contract, upgradeWebSocket: UpgradeWebSocket<unknown>): Hono {
  const app = new Hono()

  const { verifier, sessions } = contract
  const auth = sessions === undefined ? honoAuth({ verifier }) : honoAuth({ sessions })
  const { requireAuth, requireSameOrigin, optionalAuth, getAuth, getOptionalAuth, resourceMetadata } = auth
  if (verifier.resourceMetadata !== undefined) app.use(resourceMetadata())
  app.get('/public', (c) => send(c, publicAnswer))
  app.post('/same-origin', requireSameOrigin(), (c) => send(c, publicAnswer))
  app.all('/me', requireAuth(), (c) => send(c, me(c.var.auth)))
  app.get('/optional', optionalAuth(), (c) => send(c, optional(c.var.auth)))
  app.get('/read', requireAuth({ scope: 'read' }), (c) => send(c, me(c.var.auth)))
  app.get('/admin', requireAuth({ scope: ['read', 'admin'] }), (c) => send(c, me(c.var.auth)))
  const open = upgradeWebSocket((c) => {
    let visit: Visit | undefined
    return {
      onOpen: (_event, socket) => {
        visit = receive(verifier, getAuth(c), socket)
      },
      onMessage: ({ data }) => visit?.message(data),
      onClose: () => visit?.closed(),
    }
  })
  app.get(
    '/socket',
    requireAuth(),
    (c, next) => (isPlainOnNode(c) ? Promise.resolve(send(c, upgradeRequired)) : next()),
    open,
    (c) => send(c, upgradeRequired),
  )
  for (const { path, isOptional, options } of contract.guards) {
    const guard: MiddlewareHandler = isOptional ? optionalAuth(options) : requireAuth(options)
    const answer = (c: Context) => send(c, guarded(getOptionalAuth(c)))
    app.get(path, guard, answer)
    app.post(path, guard, answer)
  }
  if ('session' in auth) addSessionRoutes(app, auth, contract)
  app.get('/stats', (c) => send(c, stats(contract)))
  app.get('/events', (c) => send(c, events(contract)))
  app.post('/clock', async (c) => send(c, moveClock(contract, await c.req.text())))

  app.notFound((c) => send(c, notFound))
  app.onError((error, c) => {
    console.error(error)
    return send(c, failed)
  })
  return app
}

/**
 * Whether Node has a response ready, because the request asks for no upgrade. An `Upgrade` field without `Connection` does not
 * ask for one (RFC 9110 §7.8). Hono's helper would fail then.
 */
function isPlainOnNode(c: Context): boolean {
  return isObject(c.env) && c.env['outgoing'] !== undefined
}

function addSessionRoutes(app: Hono, { session, requireAuth }: HonoSessionAuth, contract: Contract): void {
  app.post('/session', async (c) => session.start(c, (await session.readJson(c)) as Login))
  app.post('/session/refresh', session.refresh)
  app.post('/session/device', session.bind)
  app.delete('/session', session.end)
  app.delete('/session/all', session.endAll)
  app.get('/.well-known/jwks.json', session.jwks)
  app.get('/sessions', requireAuth(), async (c) => send(c, await listDevices(contract, c.var.auth)))
  app.delete('/sessions/:id', requireAuth(), async (c) =>
    send(c, await endDevice(contract, c.var.auth, c.req.param('id'))),
  )
  if (!contract.hasForms) return
  app.post('/form/log-in', async (c) => {
    const { login, redirect } = readForm(await c.req.text())
    return session.start(c, login, { redirect })
  })
  app.post('/form/log-out', async (c) => session.end(c, { redirect: readForm(await c.req.text()).redirect }))
}

function send(c: Context, { status, headers, body }: Answer): Response {
  return c.newResponse(body, status as StatusCode, headers)
}
