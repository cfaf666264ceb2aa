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
    todo: 'Raise maxTokenLength and the header limit of your HTTP server, or let the provider leave out groups.',
  },
  header_too_deep: {
    what: 'Its header is nested more than 64 levels deep.',
    todo: 'Only the issuer can correct this.',
  },
  claims_too_deep: {
    what: 'Its claims are nested more than 64 levels deep.',
    todo: 'Only the issuer can correct this.',
  },
  binding_unchecked: {
    what: 'It is bound to a key (cnf), but the verifier does not check that the caller has this key.',
    todo: "Set dpop or mtls. Or set cnf: 'ignore', which accepts it without a proof.",
  },
  token_inactive: { what: 'Its issuer says that it is not active.', todo: 'Get a new one.' },
  introspection_failed: {
    what: 'The verifier could not ask the issuer about it.',
    todo: 'Check the introspection endpoint and the credentials for it.',
  },
  alg_not_allowed: {
    what: 'Its algorithm is not on the list.',
    todo: 'Set algorithms. For HS256 and the like, set a secret. "none" is never accepted.',
  },
  crit_unsupported: {
    what: 'Its header has "crit", which asks for an extension.',
    todo: 'The issuer must leave it out.',
  },
  b64_unsupported: { what: 'Its header has "b64".', todo: 'The issuer must leave it out.' },
  zip_unsupported: { what: 'Its header has "zip".', todo: 'The issuer must leave it out.' },
  cty_nested: { what: 'It contains another token.', todo: 'Send the inner token by itself.' },
  typ_mismatch: {
    what: 'Its "typ" is not that of an access token here. It may be an ID token.',
    todo: 'Send the access token, or set tokenType to what your issuer writes.',
  },
  kid_invalid: { what: 'Its key id is not a string.', todo: 'The issuer must write a string.' },
  decryption_failed: {
    what: 'None of your keys decrypts it.',
    todo: 'Give createTokenDecryption the key for which it was encrypted.',
  },
  key_not_found: {
    what: 'The issuer does not publish the key that it names.',
    todo: 'Is it from the right environment? Run: npx latchkey doctor ISSUER',
  },
  key_ambiguous: { what: 'It names no key, and several fit.', todo: 'The issuer must write a "kid".' },
  key_unfit: {
    what: 'The key that it names does not fit its algorithm.',
    todo: 'Check the key set of the issuer.',
  },
  signature_invalid: {
    what: 'Its signature is wrong: the token was changed, or somebody else signed it.',
    todo: 'Do the secret or the issuer belong to another environment? Was the token cut when it was copied?',
  },
  iss_unknown: {
    what: 'Its issuer is not the configured one.',
    todo: 'Compare both, to the last slash.',
  },
  aud_mismatch: {
    what: 'It is for another audience, or for none.',
    todo: 'Ask the provider for a token for your API, or set audience to what is in "aud".',
  },
  exp_invalid: { what: 'It has no "exp", or one that is not a number.', todo: 'The issuer must set one.' },
  exp_passed: {
    what: 'It has expired.',
    todo: 'Get a new one. If it is new, compare the clocks of your server and the issuer.',
  },
  max_token_age_passed: { what: 'It is older than maxTokenAge.', todo: 'Get a new one.' },
  nbf_invalid: { what: 'Its "nbf" is not a number.', todo: 'Only the issuer can correct this.' },
  nbf_in_future: { what: 'It is not valid yet.', todo: 'Compare the clocks of your server and the issuer.' },
  iat_invalid: {
    what: 'Its "iat" is not a number, or it is missing although maxTokenAge needs it.',
    todo: 'The issuer must set it.',
  },
  iat_in_future: { what: 'It was issued in the future.', todo: 'Compare the clocks of your server and the issuer.' },
  sub_invalid: { what: 'Its "sub" is not a string.', todo: 'The issuer must write a string.' },
  jti_invalid: { what: 'Its "jti" is not a string.', todo: 'The issuer must write a string.' },
  client_id_invalid: { what: 'Its "client_id" is not a string.', todo: 'The issuer must write a string.' },
  claims_schema: { what: 'Your claims schema refuses its claims.', todo: 'Compare the claims with the schema.' },
  keys_unavailable: {
    what: "The issuer's keys cannot be fetched.",
    todo: 'Run: npx latchkey doctor ISSUER',
  },
  session_ended: { what: 'Its session has ended.', todo: 'Log in again.' },
}

/** For reasons that depend on the request and not on its token. */
const ofTheRequest: Explanation = {
  what: 'The token alone does not say why. The reason is in the request that carries it.',
  todo: 'Look at the reason of the denied event in your app.',
}

/** Explains a reason. */
export function explanationOf(reason: DenialReason): Explanation {
  return reasons[reason] ?? ofTheRequest
}
