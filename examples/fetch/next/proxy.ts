import { NextResponse } from 'next/server'
import { getAuth, requireAuth } from './auth'

/**
 * Before pages, which cannot set cookies: refreshes in passing, and hands the access token on in place of the cookies. Route
 * handlers have guards of their own.
 */
export const proxy = requireAuth({ refresh: true })((request) => {
  const headers = new Headers(request.headers)
  headers.delete('cookie')
  headers.set('authorization', `Bearer ${getAuth(request).token}`)
  return NextResponse.next({ request: { headers } })
})

export const config = { matcher: '/account' }
