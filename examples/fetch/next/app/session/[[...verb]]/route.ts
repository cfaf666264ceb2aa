import { session } from '../../../auth'

const routes = session.routes('/session')
const answer = (request: Request) => routes(request) ?? new Response('Not found', { status: 404 })

export { answer as DELETE, answer as GET, answer as POST }
