import { getAuth, requireAuth } from '../auth.server'
import type { Route } from './+types/posts'

const publish = requireAuth({ scope: 'posts:write' })((request) =>
  Response.json({ author: getAuth(request).claims.sub }, { status: 201 }),
)

export const action = ({ request }: Route.ActionArgs) => publish(request)
