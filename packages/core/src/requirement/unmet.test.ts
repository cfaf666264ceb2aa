import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { audience, claimsSet, createKey, issuer, now, signToken, viewOf } from '../../test/fixtures.js'
import { createVerifier } from '../create-verifier.js'
import type { Decision } from '../request-view.js'
import type { VerifierOptions } from '../verifier-options.js'
import { createRequirement, type RequirementOptions } from './requirement.js'

const key = createKey('EdDSA')

function decide(
  options: RequirementOptions,
  claims: Record<string, unknown>,
  changes: Partial<VerifierOptions> = {},
): Decision<object> | Promise<Decision<object>> {
  const verifier = createVerifier({
    ...{ issuer, audience, jwks: { keys: [key.jwk] }, clock: () => now, rolesFrom: 'roles' },
    ...changes,
  } as VerifierOptions)
  const authorization = `Bearer ${signToken(key, claimsSet(claims))}`
  return verifier.authenticate(viewOf({ authorization }), createRequirement(true, options))
}

function outcome(...asked: Parameters<typeof decide>): string {
  const decision = decide(...asked)
  if (decision instanceof Promise) throw new Error('It answered with a promise.')
  if ('thrown' in decision) throw decision.thrown
  return decision.allow ? 'allowed' : decision.error.code
}

describe('a scope', () => {
  it('of several must be granted, and the challenge names all of them', () => {
    expect(outcome({ anyScope: 'a b' }, { scope: 'b c' })).toBe('allowed')
    expect(decide({ anyScope: 'a b' }, { scope: 'c' })).toMatchObject({
      error: { code: 'scope_insufficient', scope: ['a', 'b'] },
    })
  })

  it('that is implied is granted', () => {
    const scopeImplies = { write: ['read'] }
    expect(outcome({ scope: 'read' }, { scope: 'write' }, { scopeImplies })).toBe('allowed')
    expect(outcome({ anyScope: 'read' }, { scope: 'write' }, { scopeImplies })).toBe('allowed')
    expect(outcome({ scope: 'write' }, { scope: 'read' }, { scopeImplies })).toBe('scope_insufficient')
  })
})

it('a role of several must be there', () => {
  expect(outcome({ role: ['editor', 'admin'] }, { roles: ['admin'] })).toBe('allowed')
  expect(outcome({ role: 'editor' }, { roles: ['editors'] })).toBe('role_insufficient')
  expect(outcome({ role: 'editor' }, {})).toBe('role_insufficient')
})

describe('authorization details', () => {
  const payment = { type: 'payment', actions: ['initiate', 'status'], locations: ['https://a.example'] }
  it.each<[NonNullable<RequirementOptions['authorizationDetails']>, unknown, string]>([
    [{ type: 'payment' }, [payment], 'allowed'],
    [{ type: 'payment', actions: 'initiate' }, [payment], 'allowed'],
    [{ type: 'payment', actions: ['status', 'initiate'], locations: ['https://a.example'] }, [payment], 'allowed'],
    [{ type: 'payment', actions: ['cancel'] }, [payment], 'authorization_insufficient'],
    [{ type: 'payment', datatypes: ['x'] }, [payment], 'authorization_insufficient'],
    [{ type: 'account' }, [payment], 'authorization_insufficient'],
    // One entry alone must do.
    [
      { type: 'p', actions: ['a', 'b'] },
      [
        { type: 'p', actions: ['a'] },
        { type: 'p', actions: ['b'] },
      ],
      'authorization_insufficient',
    ],
    [[{ type: 'p' }, { type: 'q' }], [{ type: 'p' }, { type: 'q' }], 'allowed'],
    [[{ type: 'p' }, { type: 'q' }], [{ type: 'p' }], 'authorization_insufficient'],
    [{ type: 'payment' }, payment, 'authorization_insufficient'],
    [{ type: 'payment' }, [null, 'payment', 5], 'authorization_insufficient'],
    [
      { type: 'payment', actions: 'initiate' },
      [{ type: 'payment', actions: 'initiate' }],
      'authorization_insufficient',
    ],
    [{ type: 'payment' }, undefined, 'authorization_insufficient'],
  ])('%j of %j: %s', (authorizationDetails, claim, expected) => {
    expect(outcome({ authorizationDetails }, { authorization_details: claim } as never)).toBe(expected)
  })
})

describe('authentication', () => {
  it.each([
    [{ acr: ['mfa', 'hw'] }, { acr: 'hw' }, 'allowed'],
    [{ acr: 'mfa' }, { acr: 'pwd' }, 'authentication_insufficient'],
    [{ acr: 'mfa' }, { acr: ['mfa'] }, 'authentication_insufficient'],
    [{ acr: 'mfa' }, {}, 'authentication_insufficient'],
    [{ maxAuthAge: 300 }, { auth_time: now - 309 }, 'allowed'],
    [{ maxAuthAge: 300 }, { auth_time: now - 310 }, 'authentication_insufficient'],
    [{ maxAuthAge: 300 }, { auth_time: now + 10 }, 'allowed'],
    [{ maxAuthAge: 300 }, { auth_time: now + 11 }, 'authentication_insufficient'],
    [{ maxAuthAge: 0 }, { auth_time: now - 9 }, 'allowed'],
    [{ maxAuthAge: 300 }, {}, 'authentication_insufficient'],
    [{ maxAuthAge: 300 }, { auth_time: String(now) }, 'authentication_insufficient'],
    [{ acr: 'mfa', maxAuthAge: 300 }, { acr: 'mfa', auth_time: now - 400 }, 'authentication_insufficient'],
  ])('%j of %j: %s', (options, claims, expected) => {
    expect(outcome(options, claims)).toBe(expected)
  })

  it('is challenged with what was asked', () => {
    expect(decide({ acr: ['mfa', 'hw'], maxAuthAge: 300 }, {})).toMatchObject({
      error: { code: 'authentication_insufficient', acrValues: ['mfa', 'hw'], maxAge: 300 },
    })
    expect(decide({ acr: 'mfa' }, {})).toMatchObject({ error: { maxAge: undefined } })
  })
})

it('the first that fails answers: scope, anyScope, role, authorizationDetails, acr, check', () => {
  const all: RequirementOptions = {
    scope: 'a',
    anyScope: 'b',
    role: 'r',
    authorizationDetails: { type: 't' },
    acr: 'mfa',
    check: () => false,
  }
  const steps: [Record<string, unknown>, unknown][] = [
    [{}, { code: 'scope_insufficient', scope: ['a'] }],
    [{ scope: 'a' }, { code: 'scope_insufficient', scope: ['b'] }],
    [{ scope: 'a b' }, { code: 'role_insufficient' }],
    [{ roles: ['r'] }, { code: 'authorization_insufficient' }],
    [{ authorization_details: [{ type: 't' }] }, { code: 'authentication_insufficient' }],
    [{ acr: 'mfa' }, { code: 'access_denied' }],
  ]
  let claims = {}
  for (const [more, error] of steps) {
    claims = { ...claims, ...more }
    expect(decide(all, claims)).toMatchObject({ error })
  }
})

describe('the check of the app', () => {
  it('is asked at every request, of a remembered token too, with the identity', () => {
    const asked: unknown[] = []
    const { authenticate } = createVerifier({ issuer, audience, jwks: { keys: [key.jwk] }, clock: () => now })
    const requirement = createRequirement(true, { check: (auth) => asked.push(auth.claims.sub) > 1 })
    const view = viewOf({ authorization: `Bearer ${signToken(key)}` })
    expect(authenticate(view, requirement)).toMatchObject({ error: { code: 'access_denied' } })
    expect(authenticate(view, requirement)).toMatchObject({ allow: true })
    expect(asked).toEqual(['ada', 'ada'])
  })

  it.each([1, 'true', {}, undefined, null, false])('denies with %j', (answer) => {
    expect(outcome({ check: () => answer as boolean }, {})).toBe('access_denied')
  })

  it('may answer later, by whatever has a then', async () => {
    const elsewhere = (answer: unknown): unknown => runInNewContext('Promise.resolve(answer)', { answer })
    for (const later of [Promise.resolve(true), elsewhere(true)]) {
      expect(await decide({ check: () => later as Promise<boolean> }, {})).toMatchObject({ allow: true })
    }
    for (const later of [Promise.resolve(false), elsewhere(1)]) {
      expect(await decide({ check: () => later as Promise<boolean> }, {})).toMatchObject({ allow: false })
    }
  })

  it('throws through, at once or later, and lets nothing pass', async () => {
    const bug = new Error('a bug of the app')
    expect(() =>
      decide(
        {
          check: () => {
            throw bug
          },
        },
        {},
      ),
    ).toThrow(bug)
    await expect(decide({ check: () => Promise.reject(bug) }, {})).rejects.toBe(bug)
  })

  it('is not asked about nobody', () => {
    const { authenticate } = createVerifier({ issuer, audience, jwks: { keys: [key.jwk] } })
    expect(authenticate(viewOf(), createRequirement(false, { check: () => false }))).toEqual({
      allow: true,
      auth: null,
    })
  })
})
