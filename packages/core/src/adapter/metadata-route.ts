import { ConfigError } from '../config-error.js'
import type { ResourceMetadata } from '../protected-resource.js'
import type { RequestView } from '../request-view.js'

/**
 * Recognises the requests for an API's metadata (RFC 9728 §3.1): GET and HEAD of its path. The path is compared as plain text.
 * It is not made into a router's pattern, in which `:` and `*` would have a meaning.
 *
 * @param metadata the verifier's `resourceMetadata`
 * @returns a function that gives the answer to such a request, and undefined for any other request
 * @throws ConfigError if the verifier has no `resource`
 */
export function metadataRoute(
  metadata: ResourceMetadata | undefined,
): (view: RequestView) => ResourceMetadata | undefined {
  if (metadata === undefined) {
    throw new ConfigError('resourceMetadata: the verifier needs the option resource: protectedResource({ … }).')
  }
  return (view) => {
    if (view.method !== 'GET' && view.method !== 'HEAD') return undefined
    return pathOf(view.url()) === metadata.path ? metadata : undefined
  }
}

/** Gives the path of a URI, or of a bare path if the request has no Host (RFC 3986, appendix B). */
function pathOf(url: string): string | undefined {
  return /^(?:[a-z]+:\/\/[^/?#]*)?([^?#]*)/i.exec(url)?.[1]
}
