import { createVerifier, type Verifier } from '@latchkey/core'
import { expectTypeOf, test } from 'vitest'
import { z } from 'zod'

// The compiler checks these, in `tsc -b`: a directive that expects an error fails where there is none.

test('an issuer and an audience have to be said', () => {
  expectTypeOf(createVerifier).toBeCallableWith({ issuer: 'https://id.example', audience: 'https://api.example' })
  expectTypeOf(createVerifier).toBeCallableWith({ issuer: 'https://id.example', audience: null })
  // @ts-expect-error: no audience, and nothing that says it is not checked
  expectTypeOf(createVerifier).toBeCallableWith({ issuer: 'https://id.example' })
  // @ts-expect-error: no issuer
  expectTypeOf(createVerifier).toBeCallableWith({ audience: 'https://api.example' })
})

test('claims have the type of their schema', () => {
  const claims = z.object({ email: z.string() })
  const verifier = createVerifier({ issuer: 'https://id.example', audience: null, claims })
  expectTypeOf(verifier).toExtend<Verifier<{ email: string }>>()
  expectTypeOf<Awaited<ReturnType<typeof verifier.verify>>['claims']['email']>().toEqualTypeOf<string>()
  // @ts-expect-error: a misspelt claim
  expectTypeOf<Awaited<ReturnType<typeof verifier.verify>>['claims']['emial']>().toBeString()
})
