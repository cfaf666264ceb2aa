import { session } from '../../auth'
import { findUser } from '../../users'

export async function POST(request: Request) {
  const user = findUser(await session.readJson(request))
  return user === undefined ? new Response('Wrong name', { status: 401 }) : session.start(request, user)
}
