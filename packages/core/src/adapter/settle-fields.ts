import type { ResponseCookie, ResponseExtras } from '../response.js'
import { cacheFields } from './last-word.js'
import { settleCookies } from './set-cookie.js'

/**
 * Adds the fields and cookies of a decision to a Web response, after the handler has made it. A response that carries tokens
 * gets `Cache-Control: no-store`, whatever the handler has set.
 *
 * @param fields the fields of the response; changed in place
 * @returns our cookies that the caller must still add
 */
export function settleFields(
  fields: Headers,
  { headers = {}, cookies = [] }: ResponseExtras,
): readonly ResponseCookie[] {
  for (const [name, value] of Object.entries(headers)) fields.set(name, value)
  if (cookies.length === 0) return []
  const { kept, missing } = settleCookies(fields.getSetCookie(), cookies)
  fields.delete('set-cookie')
  for (const field of kept) fields.append('set-cookie', field)
  fields.set('cache-control', 'no-store')
  for (const name of cacheFields) fields.delete(name)
  return missing
}
