/** Every name that this package gives, with its unit and what it says; the README's table is checked against it. */
export const names = {
  allowed: 'latchkey.requests.allowed',
  denied: 'latchkey.requests.denied',
  tokens: 'latchkey.tokens.verified',
  keyFetches: 'latchkey.key_fetches',
  /** Of `requests.denied`: the code of the refusal. */
  code: 'latchkey.code',
  /** Of `tokens.verified`: whether the token was remembered. */
  remembered: 'latchkey.remembered',
  /** Of `key_fetches`: `ok` or `failed`. */
  outcome: 'latchkey.outcome',
  /** Of all: what the app calls the verifier, where it has several. */
  verifier: 'latchkey.verifier',
} as const
