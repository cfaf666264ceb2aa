import { getWithFetch } from './get-with-fetch.js'
import type { Get } from './reply.js'

/** GET with the platform's `fetch`, looked up at each call. The twin of `get.node.ts`. */
export const get: Get = getWithFetch((...input) => fetch(...input))
