import { ConfigError } from '@latchkey/core'

/** A verb that needs only the request. */
export type RoutedVerb = 'refresh' | 'bind' | 'end' | 'endAll' | 'jwks'

/** Where a verb is mounted, below the path that the app has chosen. */
export interface SessionRoute {
  /** The HTTP method. */
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** The path below that of the app's choice. */
  readonly path: string
  /** The verb that answers. */
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
 * Finds the handler of the verb that a request asks for, for adapters without a router of their own. HEAD counts as GET.
 *
 * @param base the path below which the verbs are mounted. Default `/`, for paths from which the router has taken it.
 * @returns a function that gives the handler; undefined if there is no verb at that path with that method
 * @throws ConfigError if the path does not begin with `/`
 */
export function routeVerbs<Handler>(
  handlers: Readonly<Record<RoutedVerb, Handler>>,
  base = '/',
): (method: string, path: string) => Handler | undefined {
  if (!base.startsWith('/')) {
    throw new ConfigError('session.routes takes a path that begins with a slash, e.g. "/session".')
  }
  const root = base.replace(/\/$/, '')
  return (method, path) => {
    if (path !== root && !path.startsWith(`${root}/`)) return undefined
    const below = path.slice(root.length) || '/'
    const asked = method === 'HEAD' ? 'GET' : method
    const route = sessionRoutes.find((each) => each.method === asked && each.path === below)
    return route === undefined ? undefined : handlers[route.verb]
  }
}
