import { session } from '../auth.server'
import { findUser } from '../users'
import type { Route } from './+types/log-in'

export async function action({ request }: Route.ActionArgs) {
  const user = findUser(await session.readJson(request))
  return user === undefined ? new Response('Wrong name', { status: 401 }) : session.start(request, user)
}
