import { createContext } from 'react-router'
import { getAuth, requireAuth } from '../auth.server'
import type { Route } from './+types/account'

const caller = createContext<string>()
const guard = requireAuth({ refresh: true })

/** Runs before the loaders of a page, so that the cookies of a session refreshed on the way are set on the whole response. */
export const middleware: Route.MiddlewareFunction[] = [
  ({ request, context }, next) =>
    guard((guarded) => {
      context.set(caller, getAuth(guarded).claims.sub ?? '')
      return next()
    })(request),
]

export const loader = ({ context }: Route.LoaderArgs) => ({ sub: context.get(caller) })

export default function Account({ loaderData }: Route.ComponentProps) {
  return <p>Signed in as {loaderData.sub}</p>
}
