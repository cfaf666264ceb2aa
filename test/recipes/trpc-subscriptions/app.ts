import { createServer, type Server } from 'node:http'
import type { Auth, Verifier } from '@latchkey/core'
import { expressAuth } from '@latchkey/express'
import { initTRPC } from '@trpc/server'
import { applyWSSHandler } from '@trpc/server/adapters/ws'
import { WebSocketServer } from 'ws'

const t = initTRPC.context<{ readonly auth: Auth }>().create()

const router = t.router({
  me: t.procedure.query(({ ctx }) => ctx.auth.claims.sub),
  greetings: t.procedure.subscription(async function* ({ ctx, signal }) {
    yield `Hello, ${ctx.auth.claims.sub}`
    await new Promise((resolve) => signal?.addEventListener('abort', resolve))
  }),
})

export type AppRouter = typeof router

export function createApp(verifier: Verifier): Server {
  const { upgrade, getAuth } = expressAuth({ verifier })
  const server = createServer()
  const sockets = new WebSocketServer({ noServer: true })

  // Nobody is refused over HTTP, before tRPC hears of the connection.
  server.on('upgrade', (req, socket, head) => {
    void upgrade(req, socket).then((auth) => {
      if (auth !== null) sockets.handleUpgrade(req, socket, head, (opened) => sockets.emit('connection', opened, req))
    })
  })

  applyWSSHandler({
    wss: sockets,
    router,
    // Called once for a connection: `res` is the socket.
    createContext: ({ req, res }) => {
      const auth = getAuth(req)
      const watch = verifier.watch(auth, () => res.close(4401))
      res.once('close', watch.stop)
      return { auth }
    },
  })
  return server
}
