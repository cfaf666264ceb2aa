import { expect } from 'vitest'
import { expectDead, expectSignedIn } from '../harness/expectations.js'
import { type PrivateJwk, privateKeys } from '../harness/plans.js'
import type { SessionCase } from '../harness/session-case.js'
import type { SessionFleet } from '../harness/session-fleet.js'
import { claimsOf, headerOf, sidOf, type Tokens } from '../harness/tokens.js'
import { publicPart, publishedKeys } from './key-set.js'

/** A log-in at each server, to come back with after its restart. */
export async function logInEverywhere(fleet: SessionFleet): Promise<ReadonlyMap<string, Tokens>> {
  const apps = fleet.apps()
  const tokens = await Promise.all(apps.map(async (app) => [app.framework, await app.logIn()] as const))
  for (const app of apps) app.close()
  return new Map(tokens)
}

/**
 * What holds after every server was stopped and started with its keys in another order.
 *
 * @param before what each had given out
 * @param isKept whether the store outlives a server
 */
export function afterRestart(before: () => ReadonlyMap<string, Tokens>, isKept: boolean): readonly SessionCase[] {
  const earlier = (framework: string): Tokens => before().get(framework) ?? { access: '', refresh: '' }
  const cases: readonly SessionCase[] = [
    {
      name: 'the key that is first now signs, and both are published',
      run: async (app) => {
        expect(headerOf((await app.logIn()).access)).toMatchObject({ kid: 'key-two' })
        const byKid = (key: { readonly kid?: unknown }): unknown => key.kid
        const expected = [privateKeys.one, privateKeys.two] satisfies readonly PrivateJwk[]
        const published = new Map((await publishedKeys(app)).map((key) => [byKid(key), key]))
        for (const key of expected) expect(published.get(key.kid)).toMatchObject(publicPart(key))
      },
    },
    {
      name: 'an access token that the other key signed is still good',
      run: async (app) => {
        const { access } = earlier(app.framework)
        expect(headerOf(access)).toMatchObject({ kid: 'key-one' })
        await app.aside((side) => expectSignedIn(side, access))
      },
    },
    {
      name: isKept ? 'the session goes on' : 'the session is over, and a log-in begins another',
      run: async (app) => {
        const tokens = earlier(app.framework)
        if (isKept) {
          const next = await app.aside((side) => side.refreshed(tokens))
          expect(sidOf(next)).toBe(sidOf(tokens))
          expect(claimsOf(next.access)['sub']).toBe(claimsOf(tokens.access)['sub'])
        } else {
          await app.aside((side) => expectDead(side, tokens.refresh))
          await app.refreshed(await app.logIn())
        }
      },
    },
  ]
  return cases.map((each) => ({ ...each, plan: 'rotated' }))
}
