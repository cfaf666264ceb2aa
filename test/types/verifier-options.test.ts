import { createVerifier, type VerifierOptions } from '@latchkey/core'
import { expectTypeOf, test } from 'vitest'

// The compiler checks these, in `tsc -b`: a directive that expects an error fails where there is none. What must not compile
// stands in functions that nobody calls.

const issuer = 'https://id.example'
const audience = 'https://api.example'
const jwks = { keys: [] }

test('an issuer and an audience have to be said', () => {
  expectTypeOf(createVerifier).toBeCallableWith({ issuer, audience })
  expectTypeOf(createVerifier).toBeCallableWith({ issuer, audience: ['a', 'b'] as const })
  expectTypeOf(createVerifier).toBeCallableWith({ issuer, audience: null })
  // @ts-expect-error: no audience, and nothing that says it is not checked
  expectTypeOf(createVerifier).toBeCallableWith({ issuer })
  // @ts-expect-error: undefined does not say that it is not checked
  expectTypeOf(createVerifier).toBeCallableWith({ issuer, audience: undefined })
  // @ts-expect-error: no issuer
  expectTypeOf(createVerifier).toBeCallableWith({ audience })
  // @ts-expect-error: an issuer is one; several are a list of entries
  expectTypeOf(createVerifier).toBeCallableWith({ issuer: [issuer], audience })
})

test('several issuers stand in a list, and then nothing of an issuer beside it', () => {
  const entry = { issuer, audience }
  expectTypeOf(createVerifier).toBeCallableWith({ issuers: [entry, { issuer: 'b', audience: null, jwks }] })
  // @ts-expect-error: an issuer beside the list
  expectTypeOf(createVerifier).toBeCallableWith({ issuers: [entry], issuer })
  // @ts-expect-error: an audience beside the list, where it would be said for nobody
  expectTypeOf(createVerifier).toBeCallableWith({ issuers: [entry], audience })
  // @ts-expect-error: keys beside the list
  expectTypeOf(createVerifier).toBeCallableWith({ issuers: [entry], jwks })
  // @ts-expect-error: an entry without audience
  expectTypeOf(createVerifier).toBeCallableWith({ issuers: [{ issuer }] })
})

test('an option that nobody reads does not compile', () => {
  // @ts-expect-error: misspelt
  void (() => createVerifier({ issuer, audience, audiense: 'x' }))
  // @ts-expect-error: misspelt
  void (() => createVerifier({ issuer, audience, keySet: { cooldwn: 5 } }))
  // @ts-expect-error: of the verifier, not of an issuer
  void (() => createVerifier({ issuers: [{ issuer, audience, clockTolerance: 5 }] }))
  // @ts-expect-error: of another library
  void (() => createVerifier({ issuer, audience, ignoreExpiration: true }))
})

test('options have the types of what they mean', () => {
  expectTypeOf<VerifierOptions['tokenFrom']>().toEqualTypeOf<
    readonly ('header' | { readonly cookie: string } | { readonly header: string })[] | undefined
  >()
  expectTypeOf(createVerifier).toBeCallableWith({ issuer, audience, algorithms: ['RS256', 'EdDSA'] })
  // @ts-expect-error: no algorithm that Latchkey verifies
  void (() => createVerifier({ issuer, audience, algorithms: ['none'] }))
  // @ts-expect-error: a list
  void (() => createVerifier({ issuer, audience, algorithms: 'RS256' }))
  // @ts-expect-error: no such source
  void (() => createVerifier({ issuer, audience, tokenFrom: ['query'] }))
  // @ts-expect-error: a list
  void (() => createVerifier({ issuer, audience, tokenFrom: 'header' }))
  // @ts-expect-error: a type is a text
  void (() => createVerifier({ issuer, audience, tokenType: 5 }))
  // @ts-expect-error: seconds, not a text
  void (() => createVerifier({ issuer, audience, clockTolerance: '10s' }))
  // @ts-expect-error: no such start
  void (() => createVerifier({ issuer, audience, keySet: { startup: 'eager' } }))
  // @ts-expect-error: a secret is text or bytes
  void (() => createVerifier({ issuer, audience, secret: 5 }))
  // @ts-expect-error: no schema
  void (() => createVerifier({ issuer, audience, claims: { email: 'string' } }))
})
