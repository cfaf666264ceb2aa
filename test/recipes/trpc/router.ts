import type { Auth } from '@latchkey/core'
import { initTRPC, TRPCError } from '@trpc/server'

/** Null for nobody: the adapter's optional guard has refused bad tokens before. */
interface Context {
  readonly auth: Auth | null
}

const t = initTRPC.context<Context>().create()

/** For whoever has a good token: behind it `ctx.auth` is never null. */
const authed = t.procedure.use(({ ctx, next }) => {
  if (ctx.auth === null) throw new TRPCError({ code: 'UNAUTHORIZED' })
  return next({ ctx: { auth: ctx.auth } })
})

/** For whoever was granted the scope too. */
const withScope = (scope: string) =>
  authed.use(({ ctx, next }) => {
    if (!ctx.auth.scope.includes(scope)) throw new TRPCError({ code: 'FORBIDDEN' })
    return next()
  })

export const router = t.router({
  greeting: t.procedure.query(({ ctx }) => `Hello, ${ctx.auth?.claims.sub ?? 'stranger'}`),
  me: authed.query(({ ctx }) => ({ sub: ctx.auth.claims.sub })),
  publish: withScope('posts:write').mutation(({ ctx }) => ({ author: ctx.auth.claims.sub })),
})

export type AppRouter = typeof router
