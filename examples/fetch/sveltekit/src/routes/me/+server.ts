import type { RequestHandler } from './$types'

export const GET: RequestHandler = ({ locals }) => Response.json({ sub: locals.auth.claims.sub })
