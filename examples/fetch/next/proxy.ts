import { NextResponse } from 'next/server'
import { getAuth, requireAuth } from './auth'

/**
 * Runs before pages, which cannot set cookies: refreshes the session where the access token has expired, and passes the access
 * token on instead of the cookies. Route handlers have their own guards.
 */
export const proxy = requireAuth({ refresh: true })((request) => {
  const headers = new Headers(request.headers)
  headers.delete('cookie')
  headers.set('authorization', `Bearer ${getAuth(request).token}`)
  return NextResponse.next({ request: { headers } })
})

export const config = { matcher: '/account' }
