/**
 * The global `fetch`, looked up at each call, because tests and instrumentations replace it. On Node, `platform-fetch.node.ts`
 * takes its place.
 */
export const platformFetch: typeof fetch = (...input) => fetch(...input)
