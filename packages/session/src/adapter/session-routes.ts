import type { SessionVerbs } from './bind-verbs.js'

/** A verb that needs nothing but the request. */
export type RoutedVerb = 'refresh' | 'bind' | 'end' | 'endAll' | 'jwks'

/** Where a verb is mounted, below the path of the app's choice. */
export interface SessionRoute {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly verb: RoutedVerb
}

/**
 * The routes that `session.routes` of an adapter mounts. Under `/session` they are where the option `deviceBound` and
 * `@latchkey/session/browser` look for them by default.
 */
export const sessionRoutes: readonly SessionRoute[] = [
  { method: 'POST', path: '/refresh', verb: 'refresh' },
  { method: 'POST', path: '/device', verb: 'bind' },
  { method: 'DELETE', path: '/', verb: 'end' },
  { method: 'DELETE', path: '/all', verb: 'endAll' },
  { method: 'GET', path: '/jwks.json', verb: 'jwks' },
]

/**
 * The verb that a request asks for, for adapters without a router of their own. HEAD is answered as GET is.
 *
 * @param path what is left of the request's path below the mounted one; empty is `/`
 */
export function routedVerb<Context, Result>(
  verbs: Pick<SessionVerbs<Context, Result>, RoutedVerb>,
  method: string,
  path: string,
): ((context: Context) => Promise<Result>) | undefined {
  const asked = method === 'HEAD' ? 'GET' : method
  const route = sessionRoutes.find((each) => each.method === asked && each.path === (path || '/'))
  return route === undefined ? undefined : (context) => verbs[route.verb](context)
}
