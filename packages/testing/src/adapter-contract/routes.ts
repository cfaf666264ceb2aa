import assert from 'node:assert/strict'
import { cookiesOf, type DefineCase, withoutAccess } from './harness.js'

/** Tests `session.routes`, which mounts all verbs, here below `/mounted`. */
export function testRoutes(test: DefineCase): void {
  test('refresh, the keys, and the end of a session', async ({ ask, logIn, events }) => {
    const refreshed = await ask('POST', '/mounted/refresh', await logIn('ann'))
    assert.deepEqual([refreshed.status, await refreshed.json()], [200, { expiresIn: 300 }])
    const keys = await ask('GET', '/mounted/jwks.json')
    assert.deepEqual([keys.status, Object.keys(Object(await keys.json()))], [200, ['keys']])
    const head = await ask('HEAD', '/mounted/jwks.json')
    assert.deepEqual([head.status, await head.text()], [200, ''])
    const ended = await ask('DELETE', '/mounted', cookiesOf(refreshed))
    assert.deepEqual([ended.status, Object.values(cookiesOf(ended))], [204, ['', '']])
    assert.equal(events.filter(({ type }) => type === 'session_ended').length, 1)
  })

  test('the end of all', async ({ ask, logIn, events }) => {
    await logIn('ann')
    const cookies = await logIn('ann')
    assert.equal((await ask('DELETE', '/mounted/all', cookies)).status, 204)
    assert.equal(events.filter(({ type }) => type === 'session_ended').length, 2)
  })

  test('a device, which is refused where none was offered', async ({ ask, logIn }) => {
    const answer = await ask('POST', '/mounted/device', await logIn('ann'))
    assert.equal(answer.status, 403)
    assert.match(await answer.text(), /"binding_rejected"/)
  })

  for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'application/xml']) {
    for (const body of ['', '{', 'a=b']) {
      test(`a refresh by cookie does not look at the body ${JSON.stringify(body)} of type ${type}`, async (app) => {
        const cookies = withoutAccess(await app.logIn('bob'))
        const answer = await app.ask('POST', '/mounted/refresh', cookies, { 'content-type': type }, body)
        assert.equal(answer.status, 200)
      })
    }
  }

  for (const [method, path] of [
    ['GET', '/mounted/refresh'],
    ['POST', '/mounted/jwks.json'],
    ['POST', '/mounted/refresh/more'],
    ['POST', '/mountedrefresh'],
    ['POST', '/mounted/jwks'],
    ['GET', '/mounted'],
  ] as const) {
    test(`${method} ${path} is not one of them`, async ({ ask, logIn, events }) => {
      const cookies = await logIn('ann')
      assert.equal((await ask(method, path, cookies)).status, 404)
      assert.deepEqual(
        events.map(({ type }) => type),
        ['session_started'],
      )
    })
  }
}
