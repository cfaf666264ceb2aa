import type { SessionVerbs } from './bind-verbs.js'

/** A verb that needs only the request. */
export type RoutedVerb = 'refresh' | 'bind' | 'end' | 'endAll' | 'jwks'

/** Where a verb is mounted, below the path that the app has chosen. */
export interface SessionRoute {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly verb: RoutedVerb
}

/**
 * The routes that `session.routes` of an adapter mounts. Mount them at `/session`, where the option `deviceBound` and
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
 * Finds the verb that a request asks for, for adapters without a router of their own. HEAD counts as GET.
 *
 * @param path the request's path below the mounted one; an empty path means `/`
 * @returns the verb; undefined if there is none at that path with that method
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
