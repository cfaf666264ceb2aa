/** Every name that this package uses. A test compares the README's table with it. */
export const names = {
  allowed: 'latchkey.requests.allowed',
  denied: 'latchkey.requests.denied',
  tokens: 'latchkey.tokens.verified',
  keyFetches: 'latchkey.key_fetches',
  /** Attribute of `requests.denied`: the code of the refusal. */
  code: 'latchkey.code',
  /** Attribute of `tokens.verified`: whether the token was remembered. */
  remembered: 'latchkey.remembered',
  /** Attribute of `key_fetches`: `ok` or `failed`. */
  outcome: 'latchkey.outcome',
  /** Attribute of all: the app's name for the verifier, if it has given one. */
  verifier: 'latchkey.verifier',
} as const
