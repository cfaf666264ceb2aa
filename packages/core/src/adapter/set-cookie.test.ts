import { expect, test } from 'vitest'
import type { ResponseCookie } from '../response-extras.js'
import { serializeCookie, settleCookies } from './set-cookie.js'

const access: ResponseCookie = {
  name: '__Host-access',
  value: 'fresh',
  maxAge: 300,
  path: '/',
  domain: undefined,
  secure: true,
  sameSite: 'Lax',
}
const refresh: ResponseCookie = { ...access, name: 'r', value: 'next', domain: 'app.example', secure: false }
const ours = [access, refresh]

test('says every attribute', () => {
  expect(serializeCookie(access)).toBe('__Host-access=fresh; Max-Age=300; Path=/; HttpOnly; Secure; SameSite=Lax')
  expect(serializeCookie(refresh)).toBe('r=next; Max-Age=300; Path=/; Domain=app.example; HttpOnly; SameSite=Lax')
})

test('what the handler set elsewhere stays, and what it left alone is missing', () => {
  expect(settleCookies(['theme=dark'], ours)).toEqual({ kept: ['theme=dark'], missing: ours })
})

test('what is set already is set once', () => {
  const fields = ours.map(serializeCookie)
  expect(settleCookies(['a=1', ...fields, ...fields], ours)).toEqual({ kept: ['a=1', ...fields], missing: [] })
})

test.each([
  ['cleared before', ['__Host-access=; Max-Age=0; Path=/', serializeCookie(access)], 0],
  ['set after', [serializeCookie(access), '__Host-access=other; path=/; Secure'], 1],
  ['set without a path', ['__Host-access=other'], 0],
])('what the handler %s wins', (_name, fields, at) => {
  expect(settleCookies(fields, [access])).toEqual({ kept: [fields[at]], missing: [] })
})

test('another domain or path is another cookie, however the domain is written', () => {
  const elsewhere = ['r=; Domain=other.example', 'r=; Path=/app; Domain=app.example', 'r=; Path=app']
  expect(settleCookies(elsewhere, [refresh])).toEqual({ kept: elsewhere, missing: [refresh] })
  const same = 'r=; Domain=.APP.example'
  expect(settleCookies([same, serializeCookie(refresh)], [refresh])).toEqual({ kept: [same], missing: [] })
})
