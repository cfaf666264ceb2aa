/**
 * The tests that every adapter must pass.
 *
 * @module @latchkey/testing/adapter-contract
 */

import type { TestRunner } from '../store-contract/harness.js'
import { testCaching } from './caching.js'
import { testCookies } from './cookies.js'
import { type ServeAdapter, withApp } from './harness.js'
import { testOnce } from './once.js'
import { testRefusals } from './refusals.js'
import { testRoutes } from './routes.js'

export type { AdapterApp, Refusals, ServeAdapter } from './harness.js'

/**
 * Defines the tests of the adapter contract: all adapters must handle cookies, caching, refusals and a refresh by the guard
 * in the same way. It needs a test runner.
 *
 * ```ts
 * testAdapter('Fastify', serve, { describe, test })
 * ```
 *
 * @param name the framework's name, for the report
 * @param serve starts an app with the routes that `ServeAdapter` lists
 * @param runner `describe` and `test` of vitest or node:test
 */
export function testAdapter(name: string, serve: ServeAdapter, runner: TestRunner): void {
  const parts = {
    cookies: testCookies,
    caching: testCaching,
    'one refresh for a request': testOnce,
    'routes in one line': testRoutes,
    refusals: testRefusals,
  }
  runner.describe(`${name}: adapter contract`, () => {
    for (const [part, define] of Object.entries(parts)) {
      runner.describe(part, () =>
        define((title, body, refusals) => void runner.test(title, () => withApp(serve, body, refusals))),
      )
    }
  })
}
