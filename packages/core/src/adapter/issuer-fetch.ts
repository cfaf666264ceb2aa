import { platformFetch as fetchOfPlatform } from '#fetch'

/**
 * The platform's `fetch` for requests to an issuer, with the bounds that key fetches have. It is named again here, because old
 * ways of TypeScript to resolve modules (`node10`) find no `#fetch` in a type declaration.
 */
export const platformFetch: typeof fetch = fetchOfPlatform
