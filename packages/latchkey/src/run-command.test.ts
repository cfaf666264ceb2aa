import { createKeyring } from '@latchkey/session'
import { describe, expect, it } from 'vitest'
import { run } from './run-for-test.js'

describe('latchkey keys new', () => {
  it.each([[[]], [['--alg', 'EdDSA']], [['--alg=RS256']]])(
    'prints a private JWK and its public twin: %j',
    async (more) => {
      const { output, advice, exitCode } = await run(['keys', 'new', ...more])
      const [privateJwk, publicJwk] = output.split('\n').map((line) => JSON.parse(line))
      const keyring = await createKeyring({ keys: [privateJwk] })
      expect(keyring.jwks().keys).toEqual([publicJwk])
      expect(publicJwk).not.toHaveProperty('d')
      expect(advice).toContain('nowhere else')
      expect(exitCode).toBe(0)
    },
  )

  it.each(['HS256', 'none', 'RS1'])('says why there is no key for %s', async (alg) => {
    const { output, advice, exitCode } = await run(['keys', 'new', '--alg', alg])
    expect({ output, exitCode }).toEqual({ output: '', exitCode: 2 })
    expect(advice).toMatch(/^latchkey: --alg must be ES256, /)
  })
})

describe('latchkey', () => {
  it.each([
    [[]],
    [['keys']],
    [['keys', 'old']],
    [['keys', 'new', '--algo', 'ES256']],
    [['doctor']],
    [['doctor', '--issuer']],
    [['doctor', 'a', 'b']],
    [['explain', '--isuer', 'x']],
    [['toString']],
  ])('shows the usage for %j', async (args) => {
    expect(await run(args)).toEqual({ output: '', advice: expect.stringContaining('Usage:'), exitCode: 2 })
  })

  it.each([
    [['explian'], 'there is no such command'],
    [['doctor'], 'doctor does not take these words'],
    [['explain', 'a.b.c'], 'reads the token from standard input'],
  ])('says what is wrong with %j, and repeats no word of it', async (args, reason) => {
    const { advice, exitCode } = await run(args)
    expect(advice).toContain(reason)
    expect(advice).not.toMatch(/explian|a\.b\.c/)
    expect(exitCode).toBe(2)
  })

  it.each([['--help'], ['-h'], ['explain', '--help'], ['doctor', '-h'], ['keys', '--help'], ['keys', 'new', '-h']])(
    'shows the usage on request, case %#',
    async (...words) => {
      expect(await run(words)).toMatchObject({ output: expect.stringContaining('Usage:'), exitCode: 0 })
    },
  )
})
