import assert from 'node:assert/strict'
import { type App, assertFresh, cookiesOf, type DefineCase, withoutAccess } from './harness.js'

/** Tests that a request refreshes once. The grace is 0, so a second refresh would end the session as stolen. */
export function testOnce(test: DefineCase): void {
  for (const [method, path] of [
    ['GET', '/me'],
    ['GET', '/page'],
    ['POST', '/session/refresh'],
  ] as const) {
    test(`${method} ${path} behind a refreshing guard goes on with its outcome`, async (app) => {
      const before = await app.logIn('ann')
      const answer = await app.ask(method, path, withoutAccess(before))
      assert.equal(answer.status, 200)
      assertFresh(answer, before)
      await assertAlive(app, cookiesOf(answer))
    })
  }

  test('so does one whose access token has expired', async (app) => {
    const before = await app.logIn('ann')
    app.advance(400)
    const answer = await app.ask('GET', '/page', before)
    assert.deepEqual([answer.status, await answer.text()], [200, 'ann'])
    await assertAlive(app, cookiesOf(answer))
  })

  test('a good token is left alone', async ({ ask, logIn, events }) => {
    const before = await logIn('ann')
    const told = events.length
    const answer = await ask('GET', '/page', before)
    assert.deepEqual([answer.status, await answer.text(), answer.headers.getSetCookie()], [200, 'ann', []])
    assert.deepEqual(events.slice(told), [])
  })

  test('a refused refresh is not tried again, sets nothing and clears nothing', async ({ ask, logIn, events }) => {
    const before = await logIn('ann')
    await ask('DELETE', '/session', before)
    const told = events.length
    for (const path of ['/me', '/page']) {
      const answer = await ask('GET', path, withoutAccess(before))
      assert.deepEqual([answer.status, answer.headers.getSetCookie()], [401, []])
    }
    const types = events.slice(told).map(({ type }) => type)
    assert.deepEqual(types, ['denied', 'denied'])
  })
}

async function assertAlive({ ask, events }: App, cookies: Record<string, string>): Promise<void> {
  const count = (wanted: string) => events.filter(({ type }) => type === wanted).length
  assert.deepEqual([count('session_refreshed'), count('refresh_reused'), count('session_ended')], [1, 0, 0])
  assert.equal((await ask('POST', '/session/refresh', cookies)).status, 200)
}
