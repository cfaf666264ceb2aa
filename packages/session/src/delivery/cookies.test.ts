import { ConfigError } from '@latchkey/core'
import { serializeCookie } from '@latchkey/core/adapter'
import { expect, test } from 'vitest'
import { type CookieOptions, createSessionCookies } from './cookies.js'

const accessCookie = (access: CookieOptions) => createSessionCookies({ access }).access

test('is set and cleared with every promise of its prefix', () => {
  const cookie = accessCookie({})
  expect(serializeCookie(cookie.set('abc', 300))).toBe(
    '__Host-access=abc; Max-Age=300; Path=/; HttpOnly; Secure; SameSite=Lax',
  )
  expect(serializeCookie(cookie.clear())).toBe('__Host-access=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax')
})

test('is weaker where the app says so by name', () => {
  const weak: CookieOptions = { name: 'access', sameSite: 'None', domain: 'app.example', path: '/api' }
  expect(serializeCookie(accessCookie(weak).set('abc', 1.5))).toBe(
    'access=abc; Max-Age=2; Path=/api; Domain=app.example; HttpOnly; Secure; SameSite=None',
  )
  expect(serializeCookie(accessCookie({ name: 'access', secure: false }).clear())).toBe(
    'access=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax',
  )
})

test.each<[string, object]>([
  ['a browser drops a __Host- cookie', { domain: 'app.example' }],
  ['a browser drops a __Host- cookie', { path: '/api' }],
  ['a browser drops a __Host- cookie', { secure: false }],
  ['a browser drops a __Host- cookie', { name: '__HOST-x', domain: 'app.example' }],
  ['a browser drops a __Secure- cookie', { name: '__Secure-x', secure: false }],
  ['a browser drops a SameSite=None cookie', { name: 'x', sameSite: 'None', secure: false }],
  ['name is not one', { name: 'a b' }],
  ['name is not one', { name: '' }],
  ['sameSite must be', { sameSite: 'lax' }],
  ['path must begin with', { name: 'x', path: 'api' }],
  ['path must begin with', { name: 'x', path: '/; Domain=evil.example' }],
  ['domain must be', { name: 'x', domain: 'app.example; Path=/x' }],
  ['unknown option "httpOnly"', { httpOnly: false }],
])('refuses what a browser would drop: %s', (message, options) => {
  const create = () => accessCookie(options)
  expect(create).toThrow(ConfigError)
  expect(create).toThrow(`cookies.access: ${message}`)
})

test('refuses to set more than a browser keeps', () => {
  const cookie = accessCookie({})
  const room = 4096 - serializeCookie(cookie.set('', 300)).length - '; Expires=Thu, 01 Jan 1970 00:00:00 GMT'.length
  expect(cookie.set('x'.repeat(room), 300).value).toHaveLength(room)
  expect(() => cookie.set('x'.repeat(room + 1), 300)).toThrow(expect.objectContaining({ code: 'request_malformed' }))
})

test('asks for no longer life than browsers give', () => {
  expect(accessCookie({}).set('x', 10 ** 9).maxAge).toBe(34_560_000)
})

test('the refresh cookie goes with what the own pages send, and has a name of its own', () => {
  const { refresh } = createSessionCookies({})
  expect([refresh.name, refresh.clear().sameSite]).toEqual(['__Host-refresh', 'Strict'])
  const same = () => createSessionCookies({ refresh: { name: '__Host-access' } })
  expect(same).toThrow('cookies: the two cookies need different names.')
  expect(() => createSessionCookies({ acess: {} } as object)).toThrow('cookies: unknown option "acess"')
})
