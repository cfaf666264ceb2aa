import { getAuth, requireAuth } from '../auth.server'
import type { Route } from './+types/me'

const me = requireAuth({ refresh: true })((request) => Response.json({ sub: getAuth(request).claims.sub }))

export const loader = ({ request }: Route.LoaderArgs) => me(request)
