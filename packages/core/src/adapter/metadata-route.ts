import { ConfigError } from '../config-error.js'
import type { ResourceMetadata } from '../protected-resource.js'
import type { RequestView } from '../request-view.js'

/**
 * Knows the requests that ask for an API's metadata (RFC 9728 §3.1): GET and HEAD of their path, compared as it is. No router's pattern
 * is made of it, in which `:` and `*` of a resource's path would mean something else.
 *
 * @param metadata of the verifier
 * @returns what gives the answer to such a request, and undefined for any other
 * @throws ConfigError where the verifier says nothing of a resource
 */
export function metadataRoute(
  metadata: ResourceMetadata | undefined,
): (view: RequestView) => ResourceMetadata | undefined {
  if (metadata === undefined) {
    throw new ConfigError(
      'resourceMetadata: give the verifier what there is to say, resource: protectedResource({ … }).',
    )
  }
  return (view) => {
    if (view.method !== 'GET' && view.method !== 'HEAD') return undefined
    return pathOf(view.url()) === metadata.path ? metadata : undefined
  }
}

/** Of a URI, or of a bare path where the request has no Host (RFC 3986, appendix B). */
function pathOf(url: string): string | undefined {
  return /^(?:[a-z]+:\/\/[^/?#]*)?([^?#]*)/i.exec(url)?.[1]
}
