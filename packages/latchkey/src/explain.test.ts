import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestIssuer, faults } from '@latchkey/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from './run-for-test.js'

const audience = 'https://api.example'
const issuer = createTestIssuer({ audience })
const folder = mkdtempSync(join(tmpdir(), 'latchkey-explain-'))
beforeAll(() => issuer.listen())
afterAll(async () => {
  await issuer.close()
  rmSync(folder, { recursive: true })
})

const explain = (token: string, ...words: string[]) => run(['explain', ...words], token)
const against = () => ['--issuer', issuer.url, '--audience', audience]

describe('latchkey explain, with an issuer', () => {
  it.each([
    (token: string) => token,
    (token: string) => `Bearer ${token}\n`,
    (token: string) => `Authorization: Bearer ${token}`,
    (token: string) => `authorization: DPoP ${token}`,
  ])('accepts a good token, and says what it holds', async (written) => {
    const token = issuer.token({ claims: { sub: 'alice' } })
    const { output, advice, exitCode } = await explain(written(token), ...against())
    expect(output).toContain('Accepted')
    expect(output).toContain('subject    alice')
    expect(output).not.toContain(token.split('.')[2])
    expect({ advice, exitCode }).toEqual({ advice: '', exitCode: 0 })
  })

  it.each([(token: string) => `"${token}"`, (token: string) => JSON.stringify({ access_token: token })])(
    'asks for the token alone where something is around it',
    async (written) => {
      const { output, exitCode } = await explain(written(issuer.token()), ...against())
      expect(output).toMatch(/^This is not a JWT: .* Paste the token alone, without quotes/)
      expect([exitCode, output]).toEqual([1, expect.stringContaining('token_malformed')])
    },
  )

  it('names the reason for every kind of bad token, and what to do', async () => {
    for (const { name, token } of issuer.badTokens()) {
      const { output, exitCode } = await explain(token, ...against())
      expect(`${name}: ${output}`).toMatch(/Refused: 40\d \w+, reason \w+\n {2}\S.*\n {2}\S/)
      expect(exitCode).toBe(1)
    }
  })

  it('says that the audience is another', async () => {
    const { output } = await explain(issuer.token(), '--issuer', issuer.url, '--audience', 'https://other.example')
    expect(output).toContain('reason aud_mismatch')
  })

  it('shows both issuers, and that they differ by a slash', async () => {
    const { output } = await explain(issuer.token(), '--issuer', `${issuer.url}/`, '--audience', audience)
    expect(output).toContain(
      `the token says: ${issuer.url}\n  configured:     ${issuer.url}/\n  They differ by the slash`,
    )
  })

  it('shows both audiences, and knows an ID token', async () => {
    const { output } = await explain(issuer.token({ claims: { aud: 'app', nonce: 'n' } }), ...against())
    expect(output).toContain(`the token says: app\n  configured:     ${audience}\n  It has "nonce", as ID tokens do.`)
  })

  it('leads to the page of the code', async () => {
    const { output } = await explain(issuer.badToken('expired').token, ...against())
    expect(output).toMatch(/More: https:\S+\/packages\/docs\/errors\/token_expired\.md$/)
  })

  it('says that the keys are not available', async () => {
    issuer.fail(faults.down())
    const { output } = await explain(issuer.token(), ...against())
    issuer.recover()
    expect(output).toContain('503 keys_unavailable')
    expect(output).toContain('latchkey doctor')
  })
})

describe('latchkey explain, without one', () => {
  it('finds nothing wrong with a good token, and says that the signature was not checked', async () => {
    for (const alg of ['ES256', 'RS256', 'HS256'] as const) {
      const other = createTestIssuer({ algorithms: [alg] })
      const { output, exitCode } = await explain(other.token())
      expect(output).toContain('The signature was not checked')
      expect(exitCode).toBe(0)
    }
  })

  it('says what any verifier would refuse', async () => {
    const { output, exitCode } = await explain(issuer.badToken('expired').token)
    expect(output).toContain('reason exp_passed')
    expect(exitCode).toBe(1)
  })

  it.each(['opaque', 'a.b.c', `${'a'.repeat(20)}.b.c.d.e`])('says what %j is', async (text) => {
    const { output, exitCode } = await explain(text)
    expect(output).toContain('token_malformed')
    expect(exitCode).toBe(1)
  })
})

describe('latchkey explain, with a configuration', () => {
  const file = join(folder, 'verifier.json')

  it('compares with each issuer of a list', async () => {
    const issuers = [
      { issuer: 'https://one.example', audience: null },
      { issuer: issuer.url, audience: ['a', 'b'] },
    ]
    writeFileSync(file, JSON.stringify({ issuers }))
    expect((await explain(issuer.token(), '--config', file)).output).toContain('configured:     a, b')
    const foreign = issuer.token({ claims: { iss: 'https://two.example' } })
    expect((await explain(foreign, '--config', file)).output).toContain(
      `configured:     https://one.example, ${issuer.url}`,
    )
  })

  it('takes the options of createVerifier from a file', async () => {
    writeFileSync(file, JSON.stringify({ issuer: issuer.url, audience, tokenType: 'at+jwt' }))
    expect((await explain(issuer.token(), '--config', file)).output).toContain('typ_mismatch')
  })

  it.each([
    ['a file that is none', '{', 'is not JSON'],
    ['an option that is none', '{"issuer":"https://id.example","audience":null,"aud":1}', 'aud'],
  ])('refuses %s', async (_name, content, words) => {
    writeFileSync(file, content)
    const { output, advice, exitCode } = await explain('x', '--config', file)
    expect({ output, exitCode }).toEqual({ output: '', exitCode: 1 })
    expect(advice).toContain(words)
  })

  it('refuses a file that cannot be read', async () => {
    expect((await explain('x', '--config', join(folder, 'none.json'))).advice).toContain('cannot be read')
  })

  it('names the file whose options are refused', async () => {
    writeFileSync(file, '{"issuer":"https://id.example"}')
    expect((await explain('x', '--config', file)).advice).toMatch(`latchkey: --config ${file}: audience is missing`)
  })
})

describe('what is typed by mistake', () => {
  const token = issuer.token()

  it.each([
    [
      'an issuer without a scheme',
      ['--issuer', 'id.example'],
      /--issuer must be a URL.*\nDid you mean https:\/\/id\.example\?$/s,
    ],
    ['an issuer over plain http', ['--issuer', 'http://id.example'], /--issuer must be a URL that begins with https:/],
    ['an empty issuer', ['--issuer', '', '--audience', audience], /--issuer must be a URL/],
    ['an empty audience', ['--audience', ''], /--audience is empty\./],
    ['an empty audience among others', ['--audience', audience, '--audience', ''], /--audience is empty\./],
    ['an issuer beside a file', ['--issuer', issuer.url, '--config', 'verifier.json'], /leave out --config\.$/],
    ['an audience beside a file', ['--audience', audience, '--config', 'verifier.json'], /leave out --config\.$/],
  ])('%s: speaks of the word, not of an option', async (_name, words, says) => {
    const { output, advice, exitCode } = await explain(token, ...words)
    expect({ output, exitCode }).toEqual({ output: '', exitCode: 2 })
    expect(advice).toMatch(says)
    expect(advice).not.toMatch(/jwks|publicKeys|plainHttp|`aud`/)
  })
})

describe('what is pasted by mistake', () => {
  it('nothing: says how to hand it a token', async () => {
    const { output, advice, exitCode } = await explain(' \n')
    expect({ output, exitCode }).toEqual({ output: '', exitCode: 1 })
    expect(advice).toContain('latchkey explain < token.txt')
  })

  it.each([
    '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----',
    '-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----',
    '{"kty":"EC","crv":"P-256","d":"AAAA"}',
    '{ "kty": "oct", "k": "AAAA" }',
  ])('is called a private key, and not shown again', async (text) => {
    const { output, advice, exitCode } = await explain(text)
    expect({ output, exitCode }).toEqual({ output: '', exitCode: 1 })
    expect(advice).toContain('private key')
    expect(advice).not.toContain('AAAA')
  })

  it('reaches no terminal as a command', async () => {
    const { output } = await explain(issuer.token({ claims: { sub: '\u001b[2Jgone\u202e' } }), ...against())
    expect(output).toContain('\\u001b[2Jgone\\u202e')
  })
})

it('has colours on a terminal alone', async () => {
  const token = issuer.token()
  const coloured = await run(['explain', ...against()], token, { isTerminal: true })
  expect(coloured.output).toContain('\u001b[32mAccepted')
  expect((await explain(token, ...against())).output).not.toContain('\u001b')
})
