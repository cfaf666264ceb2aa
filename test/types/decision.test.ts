import { type Auth, AuthError, type AuthErrorCode, type CoreEvent, type DenialReason } from '@latchkey/core'
import { type Authenticate, createRequirement, type Decision } from '@latchkey/core/adapter'
import { expectTypeOf, test } from 'vitest'

interface Claims {
  readonly email: string
}

test('a decision has an identity or an error, and never both', () => {
  function read(decision: Decision<Claims>): string {
    // @ts-expect-error: it may have been refused
    void decision.auth
    // @ts-expect-error: it may have been allowed
    void decision.error
    if ('thrown' in decision) throw decision.thrown
    if (!decision.allow) {
      expectTypeOf(decision.error).toEqualTypeOf<AuthError>()
      // @ts-expect-error: a refused request has no identity
      void decision.auth
      return decision.error.code
    }
    expectTypeOf(decision.auth).toEqualTypeOf<Auth<Claims> | null>()
    // @ts-expect-error: nobody may have been asked for
    void decision.auth.claims
    return decision.auth === null ? 'nobody' : decision.auth.claims.email
  }
  expectTypeOf(read).returns.toBeString()
})

test('it comes at once or later, and has to be looked at', () => {
  expectTypeOf<ReturnType<Authenticate<Claims>>>().toEqualTypeOf<Decision<Claims> | Promise<Decision<Claims>>>()
  // @ts-expect-error: it may be a promise
  void ((decided: ReturnType<Authenticate<Claims>>) => decided.allow)
})

test('codes and reasons are closed lists', () => {
  expectTypeOf<AuthErrorCode>().toExtend<DenialReason>()
  expectTypeOf(new AuthError('token_expired').code).toEqualTypeOf<AuthErrorCode>()
  // @ts-expect-error: no such code
  void (() => new AuthError('token_invalid'))
  // @ts-expect-error: no such reason
  void (() => new AuthError('token_rejected', { reason: 'bad' }))
  // @ts-expect-error: a comparison that can never hold
  void ((error: AuthError) => error.code === 'expired')
  void ((error: AuthError) => {
    // @ts-expect-error: read-only
    error.code = 'token_expired'
  })
})

test('events are told apart by their type', () => {
  function read(event: CoreEvent): string {
    // @ts-expect-error: not every event has a kid
    void event.kid
    switch (event.type) {
      case 'denied':
        return event.code
      case 'keys_refreshed':
        return event.kids.join(' ')
      case 'keys_refresh_failed':
        return event.reason
      case 'keys_stale_served':
        return String(event.age)
      case 'key_unknown':
        return event.kid
      case 'issuer_lookup_failed':
        return event.detail ?? event.reason
      default:
        return event satisfies never
    }
  }
  expectTypeOf(read).returns.toBeString()
})

test('a guard asks for scopes and nothing else', () => {
  expectTypeOf(createRequirement).toBeCallableWith(true, { scope: 'read' })
  expectTypeOf(createRequirement).toBeCallableWith(true, { scope: ['read', 'admin'] as const })
  // @ts-expect-error: misspelt
  void (() => createRequirement(true, { scopes: 'read' }))
  // @ts-expect-error: words, not numbers
  void (() => createRequirement(true, { scope: [5] }))
})
