import { createServer, type Server } from 'node:http'
import { type Auth, AuthError, type Verifier } from '@latchkey/core'
import { CloseCode } from 'graphql-ws'
import { useServer } from 'graphql-ws/use/ws'
import { createSchema } from 'graphql-yoga'
import { WebSocketServer } from 'ws'

interface Caller {
  readonly auth: Auth
}

const schema = createSchema<Caller>({
  typeDefs: /* GraphQL */ `
    type Query {
      me: String!
    }
    type Subscription {
      greetings: String!
    }
  `,
  resolvers: {
    Query: { me: (_root, _args, { auth }) => auth.claims.sub ?? '' },
    Subscription: {
      greetings: {
        subscribe: async function* (_root, _args, { auth }) {
          yield { greetings: `Hello, ${auth.claims.sub}` }
          await new Promise(() => {})
        },
      },
    },
  },
})

export function createApp(verifier: Verifier): Server {
  const server = createServer()
  const sockets = new WebSocketServer({ server, path: '/graphql' })
  const callers = new WeakMap<object, Caller>()

  useServer(
    {
      schema,
      // False closes with 4403.
      onConnect: async ({ connectionParams, extra: { socket } }) => {
        try {
          const auth = await verifier.verify(String(connectionParams?.['token']))
          const watch = verifier.watch(auth, () => socket.close(CloseCode.Forbidden))
          socket.once('close', watch.stop)
          callers.set(socket, { auth })
          return true
        } catch (error) {
          if (error instanceof AuthError) return false
          throw error
        }
      },
      context: ({ extra: { socket } }) => callers.get(socket),
    },
    sockets,
  )
  return server
}
