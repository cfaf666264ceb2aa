import { describe, expect, it } from 'vitest'
import { ConfigError } from '../config-error.js'
import { createRequirement } from './requirement.js'

describe('createRequirement', () => {
  it('asks for no scope by default', () => {
    expect(createRequirement(true)).toEqual({ required: true, scope: [] })
    expect(createRequirement(false, {})).toEqual({ required: false, scope: [] })
  })

  it('takes scopes as a string or a list', () => {
    expect(createRequirement(true, { scope: 'read' })).toEqual({ required: true, scope: ['read'] })
    expect(createRequirement(true, { scope: 'read admin' }).scope).toEqual(['read', 'admin'])
    expect(createRequirement(true, { scope: ['read', 'https://x.example/admin:all'] }).scope).toHaveLength(2)
  })

  it.each(['', ' ', 'read  admin', ' read', 'read ', 'a"b', 'a\\b', 'a\tb', 'a\nb', 'é', [], 5, null, {}])(
    'refuses the scope %j',
    (scope) => {
      expect(() => createRequirement(true, { scope: scope as string })).toThrow(ConfigError)
      expect(() => createRequirement(true, { scope: scope as string })).toThrow(
        'guard: scope must be one or more scope words (RFC 6749 §3.3), separated by single spaces.',
      )
    },
  )

  it('refuses an option that nobody reads', () => {
    expect(() => createRequirement(true, { scopes: 'read' } as object)).toThrow(
      'guard: unknown option "scopes". Known options: scope, anyScope, role, authorizationDetails, acr, maxAuthAge, check.',
    )
  })

  it('does not follow later changes of the list it was given', () => {
    const scope = ['read', 'admin']
    const requirement = createRequirement(true, { scope })
    scope.length = 0
    expect(requirement.scope).toEqual(['read', 'admin'])
  })
})

describe('what few routes ask', () => {
  it('is read into lists, and a string is a list of one, but for scopes', () => {
    const check = () => true
    const options = { anyScope: 'a b', role: 'chief editor', acr: 'urn:x:mfa', maxAuthAge: 0, check }
    expect(createRequirement(true, options)).toEqual({
      required: true,
      scope: [],
      more: {
        anyScope: ['a', 'b'],
        role: ['chief editor'],
        authorizationDetails: undefined,
        acr: ['urn:x:mfa'],
        maxAuthAge: 0,
        check,
      },
    })
  })

  it('is not there where nothing of it is asked', () => {
    expect(createRequirement(true, { scope: 'a' })).not.toHaveProperty('more')
    expect(createRequirement(true, { role: undefined } as object)).not.toHaveProperty('more')
  })

  it.each([
    { anyScope: [] },
    { anyScope: '' },
    { anyScope: ['a b'] },
    { role: [] },
    { role: '' },
    { role: ['a', ''] },
    { role: 5 },
    { acr: [] },
    { acr: '' },
    { acr: 'a b' },
    { acr: ['a"b'] },
    { acr: ['a\\b'] },
    { acr: ['é'] },
    { acr: ['a\r\nX: y'] },
    { maxAuthAge: -1 },
    { maxAuthAge: 0.5 },
    { maxAuthAge: Number.NaN },
    { maxAuthAge: '300' },
    { check: true },
    { authorizationDetails: [] },
    { authorizationDetails: {} },
    { authorizationDetails: { type: '' } },
    { authorizationDetails: { type: 'payment', actions: [] } },
    { authorizationDetails: { type: 'payment', actions: [5] } },
    { authorizationDetails: { type: 'payment', amount: 5 } },
    { authorizationDetails: [null] },
  ])('refuses %j', (options) => {
    expect(() => createRequirement(true, options as object)).toThrow(ConfigError)
  })

  it.each([
    [{ scope: ['a', 'b c'] }, 'guard: scope[1] must be'],
    [{ scope: [''] }, 'guard: scope[0] must be'],
    [{ scope: [5] }, 'guard: scope[0] must be'],
    [{ scope: 'a  b' }, 'guard: scope must be'],
    [{ anyScope: new Array(1) }, 'guard: anyScope[0] must be'],
    [{ role: ['a', 5] }, 'guard: role[1] must be'],
    [{ acr: ['a', 'b c'] }, 'guard: acr[1] must be'],
    [{ authorizationDetails: new Array(1) }, 'guard: authorizationDetails[0]: takes an object'],
    [{ authorizationDetails: [{ type: 'a' }, {}] }, 'guard: authorizationDetails[1] needs a type'],
    [{ authorizationDetails: { type: 'a', actions: ['x', ''] } }, 'guard: authorizationDetails.actions[1] must be'],
  ])('names what is wrong in %j', (options, words) => {
    expect(() => createRequirement(true, options as object)).toThrow(words)
  })
})
