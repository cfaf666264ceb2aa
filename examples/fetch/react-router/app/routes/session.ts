import { session } from '../auth.server'
import type { Route } from './+types/session'

const routes = session.routes('/session')
const answer = ({ request }: Route.LoaderArgs | Route.ActionArgs) =>
  routes(request) ?? new Response('Not found', { status: 404 })

export { answer as action, answer as loader }
