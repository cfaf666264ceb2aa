import { auth } from '../../../auth'
import type { RequestHandler } from './$types'

const routes = auth.session.routes('/session')

export const fallback: RequestHandler = ({ request }) => routes(request) ?? new Response('Not found', { status: 404 })
