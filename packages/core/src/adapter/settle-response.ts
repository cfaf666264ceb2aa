import type { Decision } from '../request-view.js'
import type { ResponseExtras } from '../response-extras.js'
import { cacheFields } from './last-word.js'
import { serializeCookie, settleCookies } from './set-cookie.js'

/** Tells whether a decision sets cookies with tokens. */
export function setsTokens({ response }: Decision<object>): boolean {
  return response?.cookies !== undefined && response.cookies.length > 0
}

/** Tells whether a decision leaves the response as it is, as it does for the common request. */
export function leavesResponse(decision: Decision<object>): boolean {
  return decision.response === undefined && !isCookieBorne(decision)
}

/**
 * Adds what a decision says to a Web response, after the handler has made it. If the identity came by cookie, the response gets
 * `Cache-Control: private`, unless the handler has set another. A response that carries tokens gets `no-store`, whatever the
 * handler has set, and no `ETag`: SvelteKit makes a 304 of one that the client has, and two cookies in it become one.
 *
 * @returns a copy, since nobody can change the fields of some responses (`Response.redirect`, one that was fetched). If there is
 * nothing to add, or the response switches protocols (101), which cannot be copied: the response itself.
 */
export function settleResponse(response: Response, decision: Decision<object>): Response {
  const isPrivate = isCookieBorne(decision) && !response.headers.has('cache-control')
  if (response.status === 101 || (decision.response === undefined && !isPrivate)) return response
  const settled = new Response(response.body, response)
  if (isPrivate) settled.headers.set('cache-control', 'private')
  if (decision.response !== undefined) addExtras(settled.headers, decision.response)
  if (settled.ok && setsTokens(decision)) settled.headers.delete('etag')
  return settled
}

function isCookieBorne(decision: Decision<object>): boolean {
  return decision.allow && decision.auth?.source === 'cookie'
}

function addExtras(fields: Headers, { headers = {}, cookies = [] }: ResponseExtras): void {
  for (const [name, value] of Object.entries(headers)) fields.set(name, value)
  if (cookies.length === 0) return
  const { kept, missing } = settleCookies(fields.getSetCookie(), cookies)
  fields.delete('set-cookie')
  for (const field of [...kept, ...missing.map(serializeCookie)]) fields.append('set-cookie', field)
  fields.set('cache-control', 'no-store')
  for (const name of cacheFields) fields.delete(name)
}
