import { describe, expect, it } from 'vitest'
import { ConfigError } from '../config-error.js'
import { createRequirement, grants } from './requirement.js'

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

  it.each([
    '',
    ' ',
    'read  admin',
    ' read',
    'read ',
    'a"b',
    'a\\b',
    'a\tb',
    'a\nb',
    'é',
    [],
    [''],
    ['read admin'],
    [5],
    5,
    null,
    {},
  ])('refuses the scope %j', (scope) => {
    expect(() => createRequirement(true, { scope: scope as string })).toThrow(ConfigError)
    expect(() => createRequirement(true, { scope: scope as string })).toThrow(
      'guard: scope must be one or more scope words (RFC 6749 §3.3), separated by single spaces.',
    )
  })

  it('refuses an option that nobody reads', () => {
    expect(() => createRequirement(true, { scopes: 'read' } as object)).toThrow(
      'guard: unknown option "scopes". Known options: scope.',
    )
  })

  it('does not follow later changes of the list it was given', () => {
    const scope = ['read', 'admin']
    const requirement = createRequirement(true, { scope })
    scope.length = 0
    expect(requirement.scope).toEqual(['read', 'admin'])
  })
})

describe('grants', () => {
  it.each([
    [[], [], true],
    [['read'], [], true],
    [['read', 'admin'], ['admin', 'read'], true],
    [['read'], ['read', 'admin'], false],
    [[], ['read'], false],
    [['reader'], ['read'], false],
    [['read'], ['reader'], false],
    [['READ'], ['read'], false],
    [['read admin'], ['read'], false],
  ])('granted %j, needed %j: %s', (granted, needed, answer) => {
    expect(grants(granted, needed)).toBe(answer)
  })
})
