import { describe, expect, it } from 'vitest'
import { closeHierarchy } from '../requirement/scope-hierarchy.js'
import { Grants } from './grants.js'

const byDefault = { scopeFrom: ['scope', 'scp'], rolesFrom: [], implied: new Map() }

describe('scopes', () => {
  it.each([
    [{ scope: 'read write' }, ['read', 'write']],
    [{ scope: '  read   write ' }, ['read', 'write']],
    [{ scope: ['read', 'write'] }, ['read', 'write']],
    [{ scp: 'read write' }, ['read', 'write']],
    [{ scp: ['read'] }, ['read']],
    [{ scope: 'read', scp: 'admin' }, ['read']],
    [{ scope: '', scp: 'admin' }, []],
    [{ scope: null, scp: 'read' }, []],
    [{ scope: 'read\twrite' }, ['read\twrite']],
    [{}, []],
    [{ scope: 5 }, []],
    [{ scope: ['read', 5] }, []],
    [{ scope: { read: true } }, []],
    [{ scope: '' }, []],
    [{ scope: ['read write'] }, ['read write']],
  ])('of %j are %j', (claims, scope) => {
    expect(new Grants(claims, byDefault).scope).toEqual(scope)
  })

  it('come from the claims that the issuer names, in place of scope, the first that is there', () => {
    const rules = { ...byDefault, scopeFrom: ['permissions', 'rights'] }
    expect(new Grants({ scope: 'a', permissions: ['b'], rights: 'c' }, rules).scope).toEqual(['b'])
    expect(new Grants({ scope: 'a', rights: 'c d' }, rules).scope).toEqual(['c', 'd'])
    expect(new Grants({ scope: 'a', permissions: 5, rights: 'c' }, rules).scope).toEqual([])
    expect(new Grants({ scope: 'a' }, { ...byDefault, scopeFrom: ['constructor'] }).scope).toEqual([])
  })

  it('imply others, all the way down, and stay what was granted', () => {
    const implied = closeHierarchy({ admin: ['write'], write: ['read', 'list'], a: ['b'], b: ['a'] })
    const grants = new Grants({ scope: 'admin a' }, { ...byDefault, implied })
    expect(grants.scope).toEqual(['admin', 'a'])
    expect(new Set(grants.effectiveScope)).toEqual(new Set(['admin', 'write', 'read', 'list', 'a', 'b']))
    expect(new Grants({ scope: 'read' }, { ...byDefault, implied }).effectiveScope).toEqual(['read'])
  })
})

describe('roles', () => {
  it.each([
    [['roles'], { roles: ['a', 'b'] }, ['a', 'b']],
    [['roles'], { roles: 'chief editor' }, ['chief editor']],
    [['realm_access.roles'], { realm_access: { roles: ['a'] } }, ['a']],
    [['realm_access.roles'], { 'realm_access.roles': ['exact'], realm_access: { roles: ['a'] } }, ['exact']],
    [['https://x.example/roles'], { 'https://x.example/roles': ['a'] }, ['a']],
    [['realm_access.roles', 'roles'], { roles: ['a', 'b'], realm_access: { roles: ['b', 'c'] } }, ['b', 'c', 'a']],
    [['roles'], { roles: ['a', 5] }, []],
    [['roles'], { roles: { a: true } }, []],
    [['roles'], {}, []],
    [['roles.0'], { roles: [['a']] }, []],
    [['a.b'], { a: null }, []],
    [['a.b'], { a: 'text' }, []],
    [['constructor.name'], {}, []],
    [['a.constructor.name'], { a: {} }, []],
    [[], { roles: ['a'] }, []],
  ])('at %j of %j are %j', (rolesFrom, claims, roles) => {
    expect(new Grants(claims, { ...byDefault, rolesFrom }).roles).toEqual(roles)
  })
})
