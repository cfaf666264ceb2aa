import { followRedirects, networkError, urlOf } from './in-process-fetch.js'
import type { TestIssuer } from './issuer.js'

/**
 * Makes one `fetch` that reaches several in-process issuers, for a verifier that accepts all of them. Any other URL fails like
 * an unknown host.
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
