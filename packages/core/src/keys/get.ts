import { getWithFetch } from './get-with-fetch.js'
import type { Get } from './reply.js'

/** Makes a GET with the platform's `fetch`, which is looked up at each call. On Node, `get.node.ts` takes its place. */
export const get: Get = getWithFetch((...input) => fetch(...input))
