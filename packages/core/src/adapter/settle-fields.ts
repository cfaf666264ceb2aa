import type { ResponseCookie, ResponseExtras } from '../response.js'
import { cacheFields } from './last-word.js'
import { settleCookies } from './set-cookie.js'

/**
 * Puts what goes with a decision on the fields of a Web response that came of the request, where it is the last word: a response
 * that carries tokens is kept out of every cache, whatever the handler said.
 *
 * @param fields changed in place
 * @returns the cookies of ours that are still to be added
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
