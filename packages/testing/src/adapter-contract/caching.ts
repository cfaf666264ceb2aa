import assert from 'node:assert/strict'
import { assertUncached, type DefineCase, withoutAccess } from './harness.js'

/** Tests which cache may store an answer: none if it contains tokens; no shared cache if the identity came in a cookie. */
export function testCaching(test: DefineCase): void {
  for (const path of ['/me', '/public', '/stream', '/redirect', '/throws', '/nowhere']) {
    test(`no cache keeps fresh tokens on ${path}`, async ({ ask, logIn }) => {
      const answer = await ask('GET', path, withoutAccess(await logIn('ann')))
      await answer.text()
      assertUncached(answer)
    })
  }

  test('no cache keeps what the verbs answer', async ({ ask, logIn }) => {
    assertUncached(await ask('POST', '/login?sub=ann'))
    assertUncached(await ask('POST', '/session/refresh', await logIn('ann')))
    assertUncached(await ask('DELETE', '/session', await logIn('ann')))
  })

  test('a default that is public becomes private for a cookie-borne identity', async ({ ask, logIn }) => {
    const { headers } = await ask('GET', '/me', await logIn('ann'))
    assert.deepEqual([headers.get('cache-control'), headers.get('cdn-cache-control')], ['private', null])
  })

  test('what the handler itself says for a cookie-borne identity counts', async ({ ask, logIn }) => {
    const answer = await ask('GET', '/public', await logIn('ann'))
    assert.equal(answer.headers.get('cache-control'), 'public')
  })
}
