import { type Auth, type ClaimsSchema, createVerifier, type UntypedClaims, type Verifier } from '@latchkey/core'
import { expectTypeOf, test } from 'vitest'
import { z } from 'zod'

const common = { issuer: 'https://id.example', audience: null } as const

type ClaimsOf<Of> = Of extends Verifier<infer Claims> ? Auth<Claims>['claims'] : never

test('claims have the type of a Zod schema', () => {
  const claims = z.object({ email: z.string(), plan: z.enum(['free', 'paid']).default('free') })
  const verifier = createVerifier({ ...common, claims })
  expectTypeOf(verifier).toExtend<Verifier<{ email: string; plan: 'free' | 'paid' }>>()
  expectTypeOf<ClaimsOf<typeof verifier>['email']>().toEqualTypeOf<string>()
  // The output of the schema, where the input could do without it.
  expectTypeOf<ClaimsOf<typeof verifier>['plan']>().toEqualTypeOf<'free' | 'paid'>()
  // @ts-expect-error: a misspelt claim
  expectTypeOf<ClaimsOf<typeof verifier>['emial']>().toBeString()
  // @ts-expect-error: a claim that the schema does not name
  expectTypeOf<ClaimsOf<typeof verifier>['phone']>().toBeString()
})

test('claims have the type of any Standard Schema, as Valibot and ArkType make them', () => {
  interface Output {
    readonly tenant: number
  }
  const schema: ClaimsSchema<Output> = {
    '~standard': { version: 1, vendor: 'handmade', validate: () => ({ value: { tenant: 5 } }) },
  }
  const verifier = createVerifier({ ...common, claims: schema })
  expectTypeOf(verifier).toEqualTypeOf<Verifier<Output>>()
  expectTypeOf<ClaimsOf<typeof verifier>['tenant']>().toEqualTypeOf<number>()
  const late = createVerifier({
    ...common,
    claims: {
      '~standard': { version: 1, vendor: 'handmade', validate: async () => ({ value: { tenant: 'a' } }) },
    },
  })
  expectTypeOf<ClaimsOf<typeof late>['tenant']>().toEqualTypeOf<string>()
})

test('claims without a schema are there and unknown, but for the registered ones', () => {
  const verifier = createVerifier(common)
  expectTypeOf(verifier).toEqualTypeOf<Verifier<UntypedClaims>>()
  type Claims = ClaimsOf<typeof verifier>
  expectTypeOf<Claims['email']>().toBeUnknown()
  expectTypeOf<Claims['iss']>().toEqualTypeOf<string>()
  expectTypeOf<Claims['exp']>().toEqualTypeOf<number>()
  expectTypeOf<Claims['sub']>().toEqualTypeOf<string | undefined>()
  expectTypeOf<Claims['aud']>().toEqualTypeOf<string | readonly string[] | undefined>()
})

test('an identity and a verifier of which nothing is said have the same claims', () => {
  expectTypeOf<Auth>().toEqualTypeOf<Auth<UntypedClaims>>()
  expectTypeOf<Verifier>().toEqualTypeOf<Verifier<UntypedClaims>>()
})

test('nothing of an identity can be written to', () => {
  function write(auth: Auth<{ readonly email: string }>): void {
    // @ts-expect-error: registered claims are read-only
    auth.claims.exp = 0
    // @ts-expect-error: so are those of a schema that says so
    auth.claims.email = ''
    // @ts-expect-error: so is the scope
    auth.scope.push('admin')
    // @ts-expect-error: and what holds them
    auth.claims = { iss: '', exp: 0, email: '' }
    // @ts-expect-error: and where it came from
    auth.source = 'header'
  }
  function writeUntyped(auth: Auth<UntypedClaims>): void {
    // @ts-expect-error: untyped claims are read-only
    auth.claims['email'] = ''
  }
  expectTypeOf(write).returns.toBeVoid()
  expectTypeOf(writeUntyped).returns.toBeVoid()
})
