import { auth } from '../../auth'
import { findUser } from '../../users'
import type { RequestHandler } from './$types'

export const POST: RequestHandler = async ({ request }) => {
  const user = findUser(await auth.session.readJson(request))
  return user === undefined ? new Response('Wrong name', { status: 401 }) : auth.session.start(request, user)
}
