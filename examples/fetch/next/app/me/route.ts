import { getAuth, requireAuth } from '../../auth'

export const GET = requireAuth({ refresh: true })((request) => Response.json({ sub: getAuth(request).claims.sub }))
