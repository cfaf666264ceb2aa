import type { IssuerOptions, JwkSet } from '@latchkey/core'
import { named, secrets } from '../conformance/harness/configurations.js'
import { audience } from '../conformance/harness/mint.js'
import { keys, type SigningKey } from '../conformance/harness/signing-keys.js'

/** The issuer whose tokens the conformance suite makes by default. */
export const mainIssuer = 'https://main.example/'

/** Every key that the suite's issuer publishes, the unusable ones among them. */
const published: JwkSet = {
  keys: Object.values<SigningKey>(keys)
    .filter((key) => key !== keys.stranger && key !== keys.p256Later)
    .map(({ jwk }) => jwk),
}

// Live, since a configured set must have no unusable key, and a published one may.
const live = { current: () => published }

/** The issuers of the suite's `several` configuration; but for the keys, which are here and not fetched. */
export const issuers: readonly IssuerOptions[] = [
  { issuer: mainIssuer, audience, jwks: live },
  { issuer: named.secretOf32, audience, secret: secrets.of32 },
  { issuer: named.secretOf48, audience, secret: secrets.of48 },
  { issuer: named.secretOf64, audience, secret: secrets.of64 },
  { issuer: named.twoSecrets, audience, secret: [secrets.of64BesideOneOf32, secrets.alsoOf32] },
  { issuer: named.staticKeys, audience, jwks: { keys: [keys.p256.jwk, keys.ed25519.jwk] } },
  { issuer: named.oneStaticKey, audience, jwks: { keys: [keys.p256AnyAlg.jwk] } },
  { issuer: named.restricted, audience, jwks: live, algorithms: ['ES256', 'PS256'] },
  { issuer: named.explicitUri, audience, jwks: live },
  { issuer: named.listOfAudiences, audience: ['https://one.example', audience], jwks: live },
  { issuer: named.noAudience, audience: null, jwks: live },
  { issuer: named.typed, audience, jwks: live, tokenType: 'at+jwt' },
]
