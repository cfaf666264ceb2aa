import { expect, test } from 'vitest'
import type { Auth } from '../auth.js'
import { AuthError } from '../auth-error.js'
import type { Decision } from '../request-view.js'
import type { ResponseCookie } from '../response-extras.js'
import { serializeCookie } from './set-cookie.js'
import { leavesResponse, settleResponse } from './settle-response.js'

const ours: ResponseCookie = {
  name: 'a',
  value: 'new',
  maxAge: 300,
  path: '/',
  domain: undefined,
  secure: true,
  sameSite: 'Lax',
}
const by = (source: string): Decision<object> => ({ allow: true, auth: { source } as Auth<object> })
const byHeader = by('header')
const byCookie = by('cookie')
const fresh: Decision<object> = { ...byCookie, response: { cookies: [ours] } }

function settled(fields: Record<string, string> | [string, string][], decision: Decision<object>): Headers {
  return settleResponse(new Response(null, { headers: fields }), decision).headers
}

test('the common request has nothing to say', () => {
  const response = new Response()
  expect([settleResponse(response, byHeader), leavesResponse(byHeader)]).toEqual([response, true])
  const refused: Decision<object> = { allow: false, error: new AuthError('token_missing') }
  expect([settleResponse(response, refused), leavesResponse(refused)]).toEqual([response, true])
  expect([leavesResponse(byCookie), leavesResponse({ ...byHeader, response: {} })]).toEqual([false, false])
})

test('what is answered to a cookie is private, also where the fields are sealed, unless the handler says otherwise', () => {
  expect(Object.fromEntries(settled({}, byCookie))).toEqual({ 'cache-control': 'private' })
  expect(Object.fromEntries(settled({ 'cache-control': 'max-age=5' }, byCookie))).toEqual({
    'cache-control': 'max-age=5',
  })
  const sealed = settleResponse(Response.redirect('https://api.example/home', 302), byCookie)
  expect([sealed.status, sealed.headers.get('cache-control')]).toEqual([302, 'private'])
})

test('fields alone leave what a handler says about caching', () => {
  const fields = settled({ 'cache-control': 'public' }, { ...byHeader, response: { headers: { 'dpop-nonce': 'n' } } })
  expect(Object.fromEntries(fields)).toEqual({ 'cache-control': 'public', 'dpop-nonce': 'n' })
})

test('where tokens are set, no cache keeps the response', async () => {
  const headers = { 'cache-control': 'public', 'cdn-cache-control': 'max-age=60', 'surrogate-control': 'a' }
  const response = settleResponse(new Response('body', { status: 201, headers }), fresh)
  expect([response.status, await response.text()]).toEqual([201, 'body'])
  response.headers.delete('content-type')
  expect(Object.fromEntries(response.headers)).toEqual({
    'cache-control': 'no-store',
    'set-cookie': serializeCookie(ours),
  })
})

test('where tokens are set, an outer layer finds no tag to make a 304 of, which might lack the cookies', () => {
  const answered = (status: number) => new Response(null, { status, headers: { etag: '"1"' } })
  const tagOf = (response: Response, decision: Decision<object>) =>
    settleResponse(response, decision).headers.get('etag')
  expect([tagOf(answered(200), fresh), tagOf(answered(200), byCookie)]).toEqual([null, '"1"'])
  // The handler has compared the tag itself, and its 304 has the cookies.
  expect(tagOf(answered(304), fresh)).toBe('"1"')
})

test("a handler's own cookie of that name wins, and ours that is there already stays once", () => {
  expect(settled({ 'set-cookie': 'a=; Path=/; Max-Age=0' }, fresh).getSetCookie()).toEqual(['a=; Path=/; Max-Age=0'])
  const field = serializeCookie(ours)
  const twice = settled(
    [
      ['set-cookie', field],
      ['set-cookie', field],
    ],
    fresh,
  )
  expect(twice.getSetCookie()).toEqual([field])
})

test('a switch of protocols is left alone: it cannot be copied', () => {
  const response = Object.defineProperty(new Response(), 'status', { value: 101 })
  expect(settleResponse(response, fresh)).toBe(response)
})
