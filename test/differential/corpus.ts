import { topics } from '../conformance/cases/all.js'
import type { Exchange } from '../conformance/harness/case.js'
import { named, secrets } from '../conformance/harness/configurations.js'
import { type JwtParts, Mint } from '../conformance/harness/mint.js'
import { hmac, keys } from '../conformance/harness/signing-keys.js'
import { mainIssuer } from './issuers.js'
import { now } from './verdicts.js'

const mint = new Mint(mainIssuer, now)

/** A token under the name of the conformance case that it belongs to. */
export interface NamedToken {
  readonly name: string
  readonly token: string
}

/** Every token that the conformance suite sends, the good ones and the bad. */
export const corpus: readonly NamedToken[] = topics.flatMap((topic) =>
  topic.cases.flatMap((each) => {
    const exchanges = 'steps' in each ? each.steps.filter((step): step is Exchange => 'expect' in step) : [each]
    return exchanges.flatMap(({ token }) =>
      token === undefined ? [] : [{ name: `${topic.name}: ${each.name}`, token: token(mint) }],
    )
  }),
)

/** Ordinary tokens to be changed, with what signs them quickly: RSA is left to the corpus. */
export const ordinary: readonly JwtParts[] = [
  { key: keys.p256 },
  { key: keys.ed25519 },
  { key: keys.p256, claims: { iss: named.staticKeys } },
  { key: keys.p256AnyAlg, claims: { iss: named.oneStaticKey } },
  { key: keys.ed25519, claims: { iss: named.typed }, header: { typ: 'at+jwt' } },
  { key: keys.p256, claims: { iss: named.noAudience } },
  { key: hmac('HS256', secrets.of32), claims: { iss: named.secretOf32 } },
  { key: hmac('HS512', secrets.of64), claims: { iss: named.secretOf64 } },
]

export const mintToken = (parts: JwtParts): string => mint.jwt(parts)
