import type { Handle } from '@sveltejs/kit/hooks'
import { auth } from './auth'

const signedIn = auth.requireAuth({ refresh: true })
const guards = new Map([['/posts', auth.requireAuth({ scope: 'posts:write' })]])
const open = new Set(['/log-in', '/session/[...verb]'])

/** Guards every route except those listed as open, so that a route nobody thought of is guarded. */
export const handle: Handle = ({ event, resolve }) => {
  const route = event.route.id
  if (route === null || open.has(route)) return resolve(event)
  const guard = guards.get(route) ?? signedIn
  return guard((request) => {
    event.locals.auth = auth.getAuth(request)
    return resolve(event)
  })(event.request)
}
