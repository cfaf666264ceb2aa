import { expect, test } from 'vitest'
import type { ResponseCookie } from '../response.js'
import { serializeCookie } from './set-cookie.js'
import { settleFields } from './settle-fields.js'

const ours: ResponseCookie = {
  name: 'a',
  value: 'new',
  maxAge: 300,
  path: '/',
  domain: undefined,
  secure: true,
  sameSite: 'Lax',
}

test('fields alone leave what a handler says about caching', () => {
  const fields = new Headers({ 'cache-control': 'public' })
  expect(settleFields(fields, { headers: { 'dpop-nonce': 'n' } })).toEqual([])
  expect(Object.fromEntries(fields)).toEqual({ 'cache-control': 'public', 'dpop-nonce': 'n' })
})

test('where tokens are set, no cache keeps the response', () => {
  const fields = new Headers({ 'cache-control': 'public', 'cdn-cache-control': 'max-age=60', 'surrogate-control': 'a' })
  expect(settleFields(fields, { cookies: [ours] })).toEqual([ours])
  expect(Object.fromEntries(fields)).toEqual({ 'cache-control': 'no-store' })
})

test("a handler's own cookie of that name wins, and ours that is there already stays once", () => {
  const cleared = new Headers({ 'set-cookie': 'a=; Path=/; Max-Age=0' })
  expect(settleFields(cleared, { cookies: [ours] })).toEqual([])
  expect(cleared.getSetCookie()).toEqual(['a=; Path=/; Max-Age=0'])

  const twice = new Headers([
    ['set-cookie', serializeCookie(ours)],
    ['set-cookie', serializeCookie(ours)],
  ])
  expect(settleFields(twice, { cookies: [ours] })).toEqual([])
  expect(twice.getSetCookie()).toEqual([serializeCookie(ours)])
})
