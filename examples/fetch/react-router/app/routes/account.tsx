import { createContext } from 'react-router'
import { getAuth, requireAuth } from '../auth.server'
import type { Route } from './+types/account'

const caller = createContext<string>()
const guard = requireAuth({ refresh: true })

/** Before the loaders of a page, so that what is refreshed in passing goes with the whole answer. */
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
