import type { RequestHandler } from './$types'

export const POST: RequestHandler = ({ locals }) => Response.json({ author: locals.auth.claims.sub }, { status: 201 })
