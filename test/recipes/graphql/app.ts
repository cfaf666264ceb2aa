import type { Auth, Verifier } from '@latchkey/core'
import { honoAuth } from '@latchkey/hono'
import { createGraphQLError, createSchema, createYoga } from 'graphql-yoga'
import { Hono } from 'hono'

interface Context {
  readonly auth: Auth | null
}

/** The error that a client of GraphQL expects, as `errors[].extensions.code`. */
function refuse(code: 'UNAUTHENTICATED' | 'FORBIDDEN'): never {
  throw createGraphQLError(code === 'FORBIDDEN' ? 'You may not do this.' : 'Log in first.', { extensions: { code } })
}

/** Who is calling, for a field that is not for nobody. */
function callerOf({ auth }: Context, scope?: string): Auth {
  if (auth === null) return refuse('UNAUTHENTICATED')
  if (scope !== undefined && !auth.scope.includes(scope)) return refuse('FORBIDDEN')
  return auth
}

const schema = createSchema<Context>({
  typeDefs: /* GraphQL */ `
    type Query {
      greeting: String!
      me: String
    }
    type Mutation {
      publish: String!
    }
  `,
  resolvers: {
    Query: {
      greeting: (_root, _args, { auth }) => `Hello, ${auth?.claims.sub ?? 'stranger'}`,
      me: (_root, _args, context) => callerOf(context).claims.sub,
    },
    Mutation: {
      publish: (_root, _args, context) => `by ${callerOf(context, 'posts:write').claims.sub}`,
    },
  },
})

export function createApp(verifier: Verifier) {
  const { optionalAuth } = honoAuth({ verifier })
  const yoga = createYoga<Context>({ schema, graphiql: false, logging: false })
  return new Hono().all('/graphql', optionalAuth(), async (c) => yoga.fetch(c.req.raw, { auth: c.var.auth }))
}
