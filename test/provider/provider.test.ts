import { describe, expect, test } from 'vitest'
import { frameworks } from './apps.js'
import { machineToken, userToken } from './client.js'
import { api, otherApi } from './provider.js'
import { type Answer, startSetting } from './setting.js'

describe.each(Object.keys(frameworks))('%s behind an OpenID provider', (framework) => {
  test('lets a machine in with its client credentials', async () => {
    await using setting = await startSetting(framework)
    const token = await machineToken(setting.provider.issuer, { resource: api, scope: 'posts:read' })
    expect(await setting.get('/me', token)).toMatchObject({ status: 200, body: { sub: 'machine' } })
    expect(await setting.get('/posts', token)).toMatchObject({ status: 200 })
  })

  test('lets a user in who logged in and consented', async () => {
    await using setting = await startSetting(framework)
    const token = await userToken(setting.provider.issuer, 'alice', { resource: api, scope: 'posts:read' })
    expect(await setting.get('/me', token)).toEqual({
      status: 200,
      challenge: null,
      body: { sub: 'alice', email: 'alice@example.com' },
    })
    expect(await setting.get('/posts', token)).toMatchObject({ status: 200 })
  })

  test('asks for a token', async () => {
    await using setting = await startSetting(framework)
    const answer = await setting.get('/me')
    expect(answer).toMatchObject({ status: 401, challenge: 'Bearer', body: { code: 'token_missing' } })
  })

  test('asks for the scope that was not granted', async () => {
    await using setting = await startSetting(framework)
    const token = await machineToken(setting.provider.issuer, { resource: api, scope: 'posts:write' })
    expect(await setting.get('/me', token)).toMatchObject({ status: 200 })
    const answer = await setting.get('/posts', token)
    expect(answer).toMatchObject({ status: 403, body: { code: 'scope_insufficient' } })
    expect(answer.challenge).toContain('error="insufficient_scope", scope="posts:read"')
  })

  test.each([
    ['a machine', machineToken],
    ['a user', (issuer: string, request: { resource: string }) => userToken(issuer, 'alice', request)],
  ])('refuses a token that %s got for another API', async (_, obtain) => {
    await using setting = await startSetting(framework)
    const token = await obtain(setting.provider.issuer, { resource: otherApi, scope: 'posts:read' })
    expectRefusal(await setting.get('/me', token), 'token_rejected')
  })

  test('refuses a token of another provider with the same clients', async () => {
    await using setting = await startSetting(framework)
    await using elsewhere = await startSetting(framework)
    const token = await machineToken(elsewhere.provider.issuer, { resource: api })
    expect(await elsewhere.get('/me', token)).toMatchObject({ status: 200 })
    expectRefusal(await setting.get('/me', token), 'token_rejected')
  })

  test('refuses a token after it has expired, seen before or not', async () => {
    await using setting = await startSetting(framework, { accessTokenTtl: 60 })
    const seen = await machineToken(setting.provider.issuer, { resource: api })
    const unseen = await machineToken(setting.provider.issuer, { resource: api })
    expect(await setting.get('/me', seen)).toMatchObject({ status: 200 })
    // Up to the tolerance of 10 s it is good.
    setting.advance(65)
    expect(await setting.get('/me', seen)).toMatchObject({ status: 200 })
    setting.advance(10)
    expectRefusal(await setting.get('/me', seen), 'token_expired')
    expectRefusal(await setting.get('/me', unseen), 'token_expired')
  })

  test('refuses tokens of a replaced key once it has the new set', async () => {
    await using setting = await startSetting(framework)
    const seen = await machineToken(setting.provider.issuer, { resource: api })
    const unseen = await machineToken(setting.provider.issuer, { resource: api })
    expect(await setting.get('/me', seen)).toMatchObject({ status: 200 })

    await setting.replaceKey()
    await setting.verifier.refresh()
    expectRefusal(await setting.get('/me', seen), 'token_rejected')
    expectRefusal(await setting.get('/me', unseen), 'token_rejected')
    const renewed = await machineToken(setting.provider.issuer, { resource: api })
    expect(await setting.get('/me', renewed)).toMatchObject({ status: 200 })
  })

  test('finds a new key by itself when the first token signed with it arrives', async () => {
    await using setting = await startSetting(framework)
    const old = await machineToken(setting.provider.issuer, { resource: api })
    expect(await setting.get('/me', old)).toMatchObject({ status: 200 })

    await setting.replaceKey()
    const renewed = await machineToken(setting.provider.issuer, { resource: api })
    expect(await setting.get('/me', renewed)).toMatchObject({ status: 200 })
    expectRefusal(await setting.get('/me', old), 'token_rejected')
  })

  test('signs nobody out while the provider is away', async () => {
    await using setting = await startSetting(framework)
    const token = await machineToken(setting.provider.issuer, { resource: api })
    expect(await setting.get('/me', token)).toMatchObject({ status: 200 })
    await setting.provider.stop()
    await expect(setting.verifier.refresh()).rejects.toMatchObject({ code: 'keys_unavailable' })
    expect(await setting.get('/me', token)).toMatchObject({ status: 200 })
  })
})

function expectRefusal(answer: Answer, code: 'token_rejected' | 'token_expired'): void {
  expect(answer).toMatchObject({ status: 401, body: { status: 401, code } })
  expect(answer.challenge).toContain('Bearer error="invalid_token"')
}
