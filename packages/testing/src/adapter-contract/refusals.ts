import assert from 'node:assert/strict'
import type { App, DefineCase } from './harness.js'

/** What an app can say about refusals holds for guards and verbs alike. */
export function testRefusals(test: DefineCase): void {
  test(
    'name the realm in their challenge',
    async ({ ask }) => {
      const guarded = await ask('GET', '/me')
      assert.deepEqual([guarded.status, guarded.headers.get('www-authenticate')], [401, 'Bearer realm="app"'])
      const login = await ask('POST', '/login?sub=')
      assert.equal(login.status, 400)
      assert.equal(login.headers.get('www-authenticate'), 'Bearer realm="app", error="invalid_request"')
    },
    { realm: 'app' },
  )

  test(
    'are answered by the app where it wants to',
    async (app) => {
      assert.deepEqual(await refusedBy(app), ['418 token_missing', '418 refresh_rejected'])
    },
    { onDeny: ({ code }) => code },
  )

  test(
    'that the app fails to answer are its own error',
    async (app) => {
      const answers = await refusedBy(app)
      assert.deepEqual(
        answers.map((answer) => answer.slice(0, 3)),
        ['500', '500'],
      )
    },
    {
      onDeny: () => {
        throw new Error('of the app')
      },
    },
  )

  test('a hook that fails is the app’s own error, and consumes nothing', async (app) => {
    const cookies = await app.logIn('ann')
    const keep = app.onRefresh
    app.onRefresh = () => {
      throw new Error('of the app')
    }
    assert.equal((await app.ask('POST', '/session/refresh', cookies)).status, 500)
    app.onRefresh = keep
    assert.equal((await app.ask('POST', '/session/refresh', cookies)).status, 200)
  })
}

/** What a guard and a verb answer to a request that carries nothing: status and text. */
async function refusedBy({ ask }: App): Promise<string[]> {
  const answers = [await ask('GET', '/me'), await ask('POST', '/session/refresh')]
  return Promise.all(answers.map(async (answer) => `${answer.status} ${await answer.text()}`))
}
