import type { Case, Expected, Topic } from '../harness/case.js'
import { named, secrets } from '../harness/configurations.js'
import type { JwtParts } from '../harness/mint.js'
import { hmac, keys } from '../harness/signing-keys.js'

function from(iss: string, name: string, parts: JwtParts, expect: Expected): Case {
  return { name, server: 'several', token: (mint) => mint.jwt({ ...parts, claims: { iss, ...parts.claims } }), expect }
}

const { staticKeys, oneStaticKey, explicitUri, secretOf32, secretOf48 } = named

export const issuers: Topic = {
  name: 'several issuers, and where their keys come from',
  cases: [
    { name: 'metadata: the issuer’s own key', server: 'several', token: (m) => m.jwt(), expect: 'accepted' },
    from(explicitUri, 'jwksUri: the issuer’s own key', {}, 'accepted'),
    from(explicitUri, 'jwksUri: an unknown key', { header: { kid: 'no-such-key' } }, 'token_rejected'),
    from(staticKeys, 'static keys: the first', { key: keys.p256 }, 'accepted'),
    from(staticKeys, 'static keys: the second', { key: keys.ed25519 }, 'accepted'),
    from(
      staticKeys,
      'static keys: no kid, and one fits',
      { key: keys.ed25519, header: { kid: undefined } },
      'accepted',
    ),
    from(staticKeys, 'static keys: an unknown kid', { key: keys.p256, header: { kid: 'other' } }, 'token_rejected'),
    from(staticKeys, 'static keys: a key of another issuer', { key: keys.rsa }, 'token_rejected'),
    from(
      staticKeys,
      'static keys: the other key’s kid',
      { key: keys.p256, header: { kid: keys.ed25519.kid } },
      'token_rejected',
    ),
    from(oneStaticKey, 'an issuer that is a URN', { key: keys.p256AnyAlg }, 'accepted'),
    from(oneStaticKey, 'one static key, and no kid', { key: keys.p256AnyAlg, header: { kid: undefined } }, 'accepted'),
    // "No kid in the token: the single key that fits": a kid that is there must be the key's.
    from(
      oneStaticKey,
      'one static key, and another kid',
      { key: keys.p256AnyAlg, header: { kid: 'other' } },
      'token_rejected',
    ),
    from(secretOf32, 'the secret of another issuer', { key: hmac('HS256', secrets.of48) }, 'token_rejected'),
    from(secretOf48, 'the other way round', { key: hmac('HS256', secrets.of32) }, 'token_rejected'),
    from(secretOf32, 'a public key of another issuer', { key: keys.rsa }, 'token_rejected'),
    from(
      explicitUri,
      'the secret of another issuer, where keys are public',
      { key: hmac('HS256', secrets.of32) },
      'token_rejected',
    ),
    from('https://not-configured.example', 'an issuer that is not configured', {}, 'token_rejected'),
    {
      name: 'issuers together in a list',
      server: 'several',
      token: (m) => m.jwt({ claims: { iss: [m.issuer, secretOf32] } }),
      expect: 'token_rejected',
    },
    {
      name: 'of a duplicate iss the last wins: theirs',
      server: 'several',
      token: (m) => m.jwt({ claimsText: (all) => `${JSON.stringify(all).slice(0, -1)},"iss":"${secretOf32}"}` }),
      expect: 'token_rejected',
    },
    from(staticKeys, 'the scope route, by a static key', { key: keys.p256, claims: { scope: 'read' } }, 'accepted'),
    {
      name: 'one connection, one issuer after the other',
      server: 'several',
      steps: [
        { token: (m) => m.jwt(), expect: 'accepted' },
        { token: (m) => m.jwt({ key: hmac('HS256', secrets.of32), claims: { iss: secretOf32 } }), expect: 'accepted' },
        { token: (m) => m.jwt({ key: hmac('HS256', secrets.of32) }), expect: 'token_rejected' },
        { token: (m) => m.jwt({ key: keys.p256, claims: { iss: staticKeys } }), expect: 'accepted' },
        { token: (m) => m.jwt({ key: keys.p256, claims: { iss: secretOf32 } }), expect: 'token_rejected' },
      ],
    },
  ] satisfies readonly Case[],
}
