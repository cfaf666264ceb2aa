import { createKeyring } from '@latchkey/session'
import { describe, expect, it } from 'vitest'
import { runCommand } from './run-command.js'

describe('latchkey keys new', () => {
  it.each([[[]], [['--alg', 'EdDSA']], [['--alg=RS256']]])(
    'prints a private JWK and its public twin: %j',
    async (more) => {
      const { output, advice, exitCode } = await runCommand(['keys', 'new', ...more])
      const [privateJwk, publicJwk] = output.split('\n').map((line) => JSON.parse(line))
      const keyring = await createKeyring({ keys: [privateJwk] })
      expect(keyring.jwks().keys).toEqual([publicJwk])
      expect(publicJwk).not.toHaveProperty('d')
      expect(advice).toContain('nowhere else')
      expect(exitCode).toBe(0)
    },
  )

  it.each(['HS256', 'none', 'RS1'])('says why there is no key for %s', async (alg) => {
    const { output, advice, exitCode } = await runCommand(['keys', 'new', '--alg', alg])
    expect({ output, exitCode }).toEqual({ output: '', exitCode: 1 })
    expect(advice).toMatch(/^latchkey: .*alg/)
  })

  it.each([[[]], [['keys']], [['keys', 'old']], [['keys', 'new', '--algo', 'ES256']]])(
    'shows the usage for %j',
    async (args) => {
      expect(await runCommand(args)).toEqual({ output: '', advice: expect.stringContaining('Usage:'), exitCode: 2 })
    },
  )

  it('shows the usage on request', async () => {
    expect(await runCommand(['--help'])).toMatchObject({ output: expect.stringContaining('Usage:'), exitCode: 0 })
  })
})
