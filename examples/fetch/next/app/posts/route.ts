import { getAuth, requireAuth } from '../../auth'

export const POST = requireAuth({ scope: 'posts:write' })((request) =>
  Response.json({ author: getAuth(request).claims.sub }, { status: 201 }),
)
