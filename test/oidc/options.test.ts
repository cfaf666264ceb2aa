import { randomBytes } from 'node:crypto'
import { ConfigError } from '@latchkey/core'
import { oidcLogin } from '@latchkey/oidc'
import { createKeyring, createSessions } from '@latchkey/session'
import { expect, test } from 'vitest'

const keyring = await createKeyring()

function loginInto(delivery: 'cookie' | 'body') {
  const sessions = createSessions({ keyring, issuer: 'https://app.example', audience: 'https://app.example', delivery })
  return oidcLogin({
    issuer: 'https://id.example',
    clientId: 'web',
    clientSecret: 'a secret',
    redirectUri: 'https://app.example/callback',
    secrets: [randomBytes(32)],
    sessions,
    onLogin: () => null,
  })
}

test('sessions whose tokens travel in bodies are refused: the browser that comes back is sent on', () => {
  expect(() => loginInto('cookie')).not.toThrow()
  expect(() => loginInto('body')).toThrow(ConfigError)
  expect(() => loginInto('body')).toThrow("sessions need delivery 'cookie'")
})
