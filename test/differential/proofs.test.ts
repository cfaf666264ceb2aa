import * as node from '@latchkey/core'
import { createRequirement, type RequestView } from '@latchkey/core/adapter'
import { beforeAll, expect, test } from 'vitest'
import { boundTokens } from '../conformance/cases/bound-tokens.js'
import { Bound, boundPlans } from '../conformance/harness/bound.js'
import { loadWebBuild } from './web-build.js'

type Build = typeof node
type Plan = keyof typeof boundPlans

let web: Build

beforeAll(async () => {
  web = await loadWebBuild()
})

/** What a build of core makes of a request: the code and the finer word, or who is calling. */
async function verdict(build: Build, server: Plan, view: RequestView, scope: string): Promise<string> {
  const { dpop, mtls, resource, ...options } = {
    dpop: undefined,
    mtls: undefined,
    resource: undefined,
    ...boundPlans[server],
  }
  const { replay, nonce, ...plain } = { replay: undefined, nonce: undefined, ...dpop }
  const replayStore = replay === undefined ? {} : { replayStore: { burn: () => Promise.reject(new Error('full')) } }
  const verifier = build.createVerifier({
    ...options,
    ...(dpop === undefined
      ? {}
      : { dpop: build.createDpop({ ...plain, ...replayStore, ...(nonce === undefined ? {} : { nonce }) }) }),
    ...(mtls === undefined ? {} : { mtls: build.createMtls(mtls) }),
    ...(resource === undefined ? {} : { resource: build.protectedResource(resource) }),
  } as never)
  const decision = await verifier.authenticate(view, createRequirement(true, scope === '' ? {} : { scope }))
  if ('thrown' in decision) throw decision.thrown
  return decision.allow ? `accepted ${decision.auth?.claims.sub}` : `${decision.error.code} ${decision.error.reason}`
}

function viewOf(fields: readonly (readonly [string, string])[], method: string, url: string): RequestView {
  const combined = (name: string): string | undefined => {
    const values = fields.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value)
    return values.length === 0 ? undefined : values.join(', ')
  }
  return { method, header: combined, url: () => url }
}

test.each(boundTokens)('Node and Web Crypto agree: $name ($server)', async ({ server, path, method, fields }) => {
  const make = new Bound(3000, path)
  const view = viewOf(fields(make), method, `http://127.0.0.1:3000${path}`)
  const scope = path === '/read' ? 'read' : ''
  expect(await verdict(web, server, view, scope)).toBe(await verdict(node, server, view, scope))
})
