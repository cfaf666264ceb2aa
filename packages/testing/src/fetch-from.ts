import { followRedirects, networkError, urlOf } from './in-process-fetch.js'
import type { TestIssuer } from './issuer.js'

/**
 * Joins several in-process issuers into one `fetch`, for a verifier that accepts them all. A URL that is nobody's fails
 * as an unknown host does.
 */
export function fetchFrom(...issuers: readonly TestIssuer[]): typeof fetch {
  return followRedirects(async (input, init) => {
    const { origin } = new URL(urlOf(input))
    let response: Response | undefined
    for (const issuer of issuers.filter(({ url }) => new URL(url).origin === origin)) {
      response = await issuer.fetch(input, init)
      if (response.status !== 404) break
    }
    if (response === undefined) throw networkError('ENOTFOUND')
    return response
  })
}
