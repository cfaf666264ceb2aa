import assert from 'node:assert/strict'
import { assertFresh, cookiesOf, type DefineCase, setCookies, subjectOf, withoutAccess } from './harness.js'

const cleared = [
  '__Host-access=; HttpOnly; Max-Age=0; Path=/; SameSite=Lax; Secure',
  '__Host-refresh=; HttpOnly; Max-Age=0; Path=/; SameSite=Strict; Secure',
]

/** Tests which cookies are set, and which win if the handler and a refresh by the guard set the same. */
export function testCookies(test: DefineCase): void {
  test('a log-in says every attribute', async ({ ask }) => {
    const login = await ask('POST', '/login?sub=ann')
    const { '__Host-access': access, '__Host-refresh': refresh } = cookiesOf(login)
    assert.deepEqual(setCookies(login), [
      `__Host-access=${access}; HttpOnly; Max-Age=300; Path=/; SameSite=Lax; Secure`,
      `__Host-refresh=${refresh}; HttpOnly; Max-Age=1296000; Path=/; SameSite=Strict; Secure`,
    ])
  })

  test('a log-out behind a refreshing guard signs out', async ({ ask, logIn }) => {
    const ended = await ask('DELETE', '/session', withoutAccess(await logIn('ann')))
    assert.deepEqual([ended.status, setCookies(ended)], [204, cleared])
  })

  test('a log-out everywhere behind a refreshing guard signs out', async ({ ask, logIn }) => {
    const ended = await ask('DELETE', '/session/all', withoutAccess(await logIn('ann')))
    assert.deepEqual([ended.status, setCookies(ended)], [204, cleared])
  })

  test('a log-in as somebody else behind a refreshing guard is theirs', async ({ ask, logIn }) => {
    const login = await ask('POST', '/login?sub=bob', withoutAccess(await logIn('ann')))
    assert.equal(setCookies(login).length, 2)
    assert.equal(subjectOf(cookiesOf(login)['__Host-access']), 'bob')
  })

  test('a cookie that the handler clears stays cleared, and the other is fresh', async ({ ask, logIn }) => {
    const before = await logIn('ann')
    const answer = await ask('GET', '/own-cookies', withoutAccess(before))
    const { '__Host-access': access, '__Host-refresh': refresh, theme } = cookiesOf(answer)
    assert.deepEqual([setCookies(answer).length, access, theme], [3, '', 'dark'])
    assert.notEqual(refresh, before['__Host-refresh'])
  })

  test('a cookie that the handler sets as a bare field wins', async ({ ask, logIn }) => {
    const answer = await ask('GET', '/raw-cookies', withoutAccess(await logIn('ann')))
    const { '__Host-access': access, '__Host-refresh': refresh } = cookiesOf(answer)
    assert.deepEqual([setCookies(answer).length, subjectOf(access), refresh], [2, 'ann', 'own'])
  })

  for (const [path, status] of [
    ['/stream', 200],
    ['/redirect', 302],
    ['/throws', 500],
    ['/nowhere', 404],
  ] as const) {
    test(`fresh cookies are on the answer of ${path}`, async ({ ask, logIn }) => {
      const before = await logIn('ann')
      const answer = await ask('GET', path, withoutAccess(before))
      assert.equal(answer.status, status)
      await answer.text()
      assertFresh(answer, before)
    })
  }
}
