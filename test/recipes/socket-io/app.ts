import { createServer, type Server as HttpServer } from 'node:http'
import { type Auth, AuthError, type Verifier } from '@latchkey/core'
import { Server, type Socket } from 'socket.io'

interface Events {
  renew: (token: string, answer: (renewed: boolean) => void) => void
}

type GuardedSocket = Socket<Events, { hello: (name: string) => void }, Record<string, never>, { auth: Auth }>

export function createApp(verifier: Verifier): HttpServer {
  const server = createServer()
  const io = new Server(server)

  /** Gives what the client's `connect_error` is told; nothing about somebody who may come in. */
  async function admit(socket: GuardedSocket): Promise<Error | undefined> {
    try {
      socket.data.auth = await verifier.verify(String(socket.handshake.auth['token']))
      return undefined
    } catch (error) {
      if (!(error instanceof AuthError)) throw error
      return Object.assign(new Error(error.message), { data: { code: error.code } })
    }
  }

  io.use((socket, next) => {
    admit(socket).then(next, () => next(new Error('Something went wrong.')))
  })

  io.on('connection', (socket: GuardedSocket) => {
    const { auth } = socket.data
    const watch = verifier.watch(auth, () => socket.disconnect(true))
    socket.once('disconnect', watch.stop)
    socket.on('renew', async (token, answer) => answer((await watch.renew(token)) !== null))
    socket.emit('hello', auth.claims.sub ?? 'stranger')
  })

  return server
}
