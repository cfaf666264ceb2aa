import { createTestIssuer, faults } from '@latchkey/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from './run-for-test.js'

const issuer = createTestIssuer()
beforeAll(() => issuer.listen())
afterAll(() => issuer.close())

describe('latchkey doctor', () => {
  it('says which keys an issuer publishes, and how to write it', async () => {
    const { output, exitCode } = await run(['doctor', issuer.url])
    expect(output).toContain(`these keys: ${issuer.key().kid}`)
    expect(output).toContain(`issuer: '${issuer.url}'`)
    expect(exitCode).toBe(0)
  })

  it('finds the spelling that works', async () => {
    const { output, exitCode } = await run(['doctor', `${issuer.url}/`])
    expect(output).toContain('issuer_mismatch')
    expect(output).toContain(`issuer: '${issuer.url}'`)
    expect(exitCode).toBe(1)
  })

  it('finds the issuer where the URL of its metadata was given', async () => {
    const { output } = await run(['doctor', `${issuer.url}/.well-known/openid-configuration`])
    expect(output).toContain(`Write: issuer: '${issuer.url}'`)
  })

  it('says in words why there is no connection', async () => {
    const { output } = await run(['doctor', 'http://127.0.0.1:9'])
    expect(output).toContain('ECONNREFUSED: nothing listens there')
  })

  it('knows a host without a scheme', async () => {
    const { advice, exitCode } = await run(['doctor', 'id.example/realms/main'])
    expect(advice).toMatch(/\nDid you mean https:\/\/id\.example\/realms\/main\?$/)
    expect(exitCode).toBe(2)
  })

  it('says what went wrong, where, and what to do', async () => {
    issuer.fail(faults.status(500))
    const { output, exitCode } = await run(['doctor', issuer.url])
    issuer.recover()
    expect(output).toContain('503 keys_unavailable')
    expect(output).toMatch(/status: the answer was not 200/)
    expect(output).toContain('status 500')
    expect(output).toContain('step metadata')
    expect(exitCode).toBe(1)
  })

  it.each(['', 'not-a-url', 'http://id.example', 'https://user:secret@id.example'])(
    'speaks of the word that was typed, not of an option: %j',
    async (word) => {
      const { output, advice, exitCode } = await run(['doctor', word])
      expect({ output, exitCode }).toEqual({ output: '', exitCode: 2 })
      expect(advice).toMatch(/^latchkey: ISSUER must be a URL that begins with https:/)
      expect(advice).not.toMatch(/jwks|publicKeys|plainHttp|user:secret/)
    },
  )
})
