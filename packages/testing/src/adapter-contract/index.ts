/**
 * The tests that every adapter passes.
 *
 * @module @latchkey/testing/adapter-contract
 */

import type { TestRunner } from '../store-contract/harness.js'
import { testCaching } from './caching.js'
import { testCookies } from './cookies.js'
import { type ServeAdapter, withApp } from './harness.js'
import { testOnce } from './once.js'
import { testRoutes } from './routes.js'

export type { AdapterApp, ServeAdapter } from './harness.js'

/**
 * The adapter contract: what every adapter does alike with cookies, caching and a refresh in passing. It needs a test runner.
 *
 * ```ts
 * testAdapter('Fastify', serve, { describe, test })
 * ```
 *
 * @param name of the framework, for the report
 * @param serve listens with an app that has the routes of `ServeAdapter`
 * @param runner vitest's or node:test's `describe` and `test`
 */
export function testAdapter(name: string, serve: ServeAdapter, runner: TestRunner): void {
  const parts = {
    cookies: testCookies,
    caching: testCaching,
    'one refresh for a request': testOnce,
    'routes in one line': testRoutes,
  }
  runner.describe(`${name}: adapter contract`, () => {
    for (const [part, define] of Object.entries(parts)) {
      runner.describe(part, () => define((title, body) => void runner.test(title, () => withApp(serve, body))))
    }
  })
}
