import type { DenialReason } from '@latchkey/core'

/** What a reason means, and what to do about it. */
export interface Explanation {
  readonly what: string
  readonly todo: string
}

/** The reasons that a token alone can be refused for. */
const reasons: Readonly<Partial<Record<DenialReason, Explanation>>> = {
  token_malformed: {
    what: 'It is not three parts of base64url with JSON in the first two.',
    todo: 'If it is an opaque token, ask the provider for one for your audience, or use @latchkey/introspection.',
  },
  token_too_long: {
    what: 'It is longer than a verifier reads.',
    todo: 'Raise maxTokenLength, and the limit of your HTTP server; or have the provider leave out groups.',
  },
  header_too_deep: { what: 'Its header is nested more than 64 levels deep.', todo: 'Have the issuer mend it.' },
  claims_too_deep: { what: 'Its claims are nested more than 64 levels deep.', todo: 'Have the issuer mend it.' },
  binding_unchecked: {
    what: 'It is bound to a key (cnf), and nothing here proves that the caller has it.',
    todo: "Set dpop or mtls. Or cnf: 'ignore', which takes it like any other.",
  },
  token_inactive: { what: 'Its issuer says that it is not active.', todo: 'Get a new one.' },
  introspection_failed: {
    what: 'Its issuer could not be asked about it.',
    todo: 'Look at the introspection endpoint and the credentials for it.',
  },
  alg_not_allowed: {
    what: 'Its algorithm is not on the list.',
    todo: 'Set algorithms. For HS256 and the like set a secret; "none" is never accepted.',
  },
  crit_unsupported: {
    what: 'Its header has "crit", which asks for an extension.',
    todo: 'Have the issuer leave it out.',
  },
  b64_unsupported: { what: 'Its header has "b64".', todo: 'Have the issuer leave it out.' },
  zip_unsupported: { what: 'Its header has "zip".', todo: 'Have the issuer leave it out.' },
  cty_nested: { what: 'It holds another token.', todo: 'Send the inner token by itself.' },
  typ_mismatch: {
    what: 'Its "typ" is not that of an access token here. It may be an ID token.',
    todo: 'Send the access token; or set tokenType to what your issuer writes.',
  },
  kid_invalid: { what: 'Its key id is not a string.', todo: 'Have the issuer write a string.' },
  decryption_failed: {
    what: 'No key of yours opens it.',
    todo: 'Give createTokenDecryption the key that it was encrypted to.',
  },
  key_not_found: {
    what: 'The issuer does not publish the key that it names.',
    todo: 'Is it from the right environment? Run: npx latchkey doctor ISSUER',
  },
  key_ambiguous: { what: 'It names no key, and several fit.', todo: 'Have the issuer write a "kid".' },
  key_unfit: {
    what: 'The key that it names does not serve its algorithm.',
    todo: 'Look at the key set of the issuer.',
  },
  signature_invalid: {
    what: 'Its signature is not good: it was changed, or somebody else signed it.',
    todo: 'Is the secret or the issuer of another environment? Was the token cut when it was copied?',
  },
  iss_unknown: {
    what: 'Its issuer is not the configured one.',
    todo: 'Compare both to the last slash.',
  },
  aud_mismatch: {
    what: 'It is for another audience, or for none.',
    todo: 'Ask the provider for a token for your API, or set audience to what stands in "aud".',
  },
  exp_invalid: { what: 'It has no "exp", or one that is no number.', todo: 'Have the issuer set one.' },
  exp_passed: { what: 'It has expired.', todo: 'Get a new one. If it is new, compare the clocks.' },
  max_token_age_passed: { what: 'It is older than maxTokenAge.', todo: 'Get a new one.' },
  nbf_invalid: { what: 'Its "nbf" is no number.', todo: 'Have the issuer mend it.' },
  nbf_in_future: { what: 'It is not good yet.', todo: 'Compare the clocks.' },
  iat_invalid: {
    what: 'Its "iat" is no number, or missing where maxTokenAge needs it.',
    todo: 'Have the issuer set it.',
  },
  iat_in_future: { what: 'It was issued in the future.', todo: 'Compare the clocks.' },
  sub_invalid: { what: 'Its "sub" is not a string.', todo: 'Have the issuer write a string.' },
  jti_invalid: { what: 'Its "jti" is not a string.', todo: 'Have the issuer write a string.' },
  client_id_invalid: { what: 'Its "client_id" is not a string.', todo: 'Have the issuer write a string.' },
  claims_schema: { what: 'Your claims schema refuses its claims.', todo: 'Compare the claims with the schema.' },
  keys_unavailable: {
    what: "The issuer's keys cannot be had.",
    todo: 'Run: npx latchkey doctor ISSUER',
  },
  session_ended: { what: 'Its session has ended.', todo: 'Log in again.' },
}

/** For reasons that depend on the request and not on its token. */
const ofTheRequest: Explanation = {
  what: 'The token alone does not say why: it depends on the request that carries it.',
  todo: 'Look at the reason in the denied event of your app.',
}

/** Explains a reason. */
export function explanationOf(reason: DenialReason): Explanation {
  return reasons[reason] ?? ofTheRequest
}
