import type { Case, Expected, Topic } from '../harness/case.js'
import { named, secrets as secret } from '../harness/configurations.js'
import type { JwtParts } from '../harness/mint.js'
import { hmac, keys } from '../harness/signing-keys.js'

function from(iss: string, name: string, parts: JwtParts, expect: Expected): Case {
  return { name, server: 'several', token: (mint) => mint.jwt({ ...parts, claims: { iss, ...parts.claims } }), expect }
}

function signedWith(alg: string, bytes: Uint8Array): JwtParts {
  return { key: hmac(alg, bytes), header: { kid: undefined } }
}

const { of32, alsoOf32, of48, of64, of64BesideOneOf32 } = secret

export const secrets: Topic = {
  name: 'secrets',
  cases: [
    from(named.secretOf32, '32 bytes: HS256', signedWith('HS256', of32), 'accepted'),
    from(named.secretOf32, '32 bytes do not cover HS384', signedWith('HS384', of32), 'token_rejected'),
    from(named.secretOf32, '32 bytes do not cover HS512', signedWith('HS512', of32), 'token_rejected'),
    from(named.secretOf48, '48 bytes: HS256', signedWith('HS256', of48), 'accepted'),
    from(named.secretOf48, '48 bytes: HS384', signedWith('HS384', of48), 'accepted'),
    from(named.secretOf48, '48 bytes do not cover HS512', signedWith('HS512', of48), 'token_rejected'),
    from(named.secretOf64, '64 bytes: HS256', signedWith('HS256', of64), 'accepted'),
    from(named.secretOf64, '64 bytes: HS384', signedWith('HS384', of64), 'accepted'),
    from(named.secretOf64, '64 bytes: HS512', signedWith('HS512', of64), 'accepted'),
    from(named.twoSecrets, 'two secrets: the first', signedWith('HS256', of64BesideOneOf32), 'accepted'),
    from(named.twoSecrets, 'two secrets: the second', signedWith('HS256', alsoOf32), 'accepted'),
    from(
      named.twoSecrets,
      'two secrets: the shortest decides what is covered',
      signedWith('HS512', of64BesideOneOf32),
      'token_rejected',
    ),
    from(named.twoSecrets, 'two secrets: neither', signedWith('HS256', of32), 'token_rejected'),
    from(named.secretOf32, 'another secret', signedWith('HS256', alsoOf32), 'token_rejected'),
    from(
      named.secretOf32,
      'the secret as base64url text',
      signedWith('HS256', Buffer.from(Buffer.from(of32).toString('base64url'))),
      'token_rejected',
    ),
    from(named.secretOf32, 'an empty secret', signedWith('HS256', new Uint8Array()), 'token_rejected'),
    from(named.secretOf32, 'the beginning of the secret', signedWith('HS256', of32.subarray(0, 16)), 'token_rejected'),
    from(named.secretOf32, 'a kid is ignored', { key: hmac('HS256', of32, 'any-kid-at-all') }, 'accepted'),
    from(named.secretOf32, 'another issuer’s kid is ignored', { key: hmac('HS256', of32, keys.rsa.kid) }, 'accepted'),
    from(
      named.secretOf32,
      'a kid that is no string is ignored too',
      { key: hmac('HS256', of32), header: { kid: 7 } },
      'accepted',
    ),
    from(
      named.secretOf32,
      'a signature cut to 16 bytes',
      { ...signedWith('HS256', of32), signature: () => new Uint8Array(16) },
      'token_rejected',
    ),
    from(
      named.secretOf32,
      'a signature of one byte',
      { ...signedWith('HS256', of32), signature: () => Uint8Array.of(0) },
      'token_rejected',
    ),
    from(named.secretOf64, 'HS256 labelled HS512', { ...signedWith('HS512', of64), signAs: 'HS256' }, 'token_rejected'),
    from(named.secretOf32, 'RS256 where secrets are configured', { key: keys.rsa }, 'token_rejected'),
    from(named.secretOf32, 'ES256 where secrets are configured', { key: keys.p256 }, 'token_rejected'),
    from(named.secretOf32, 'EdDSA where secrets are configured', { key: keys.ed25519 }, 'token_rejected'),
    from(
      named.secretOf32,
      'none where secrets are configured',
      { ...signedWith('HS256', of32), header: { alg: 'none' } },
      'token_rejected',
    ),
    from(
      named.secretOf32,
      'the scope of a secret’s token opens the route',
      { ...signedWith('HS256', of32), claims: { scope: 'read' } },
      'accepted',
    ),
    from(
      named.secretOf32,
      'all else is checked: audience',
      { ...signedWith('HS256', of32), claims: { aud: 'other' } },
      'token_rejected',
    ),
    from(
      named.secretOf32,
      'all else is checked: expiration',
      { ...signedWith('HS256', of32), claims: { exp: 1 } },
      'token_expired',
    ),
    from(
      named.secretOf32,
      'all else is checked: extensions',
      { ...signedWith('HS256', of32), header: { kid: undefined, crit: ['b64'] } },
      'token_rejected',
    ),
  ],
}
