import { describe, expect, it } from 'vitest'
import { useApi } from './harness/api.js'
import { createIssuer, staticOptions } from './harness/issuer.js'

// A page elsewhere makes the browser send a request, and the browser adds the cookie.

const issuer = createIssuer()
const token = issuer.token()
const api = useApi({ ...staticOptions(issuer), trustedOrigins: ['https://app.example'] })
const host = 'api.example'
const refused = { code: 'origin_rejected', reason: 'origin_rejected' }

type Fields = Readonly<Record<string, string>>

function send(method: string, fields: Fields, credential: Fields = { Cookie: `access=${token}` }) {
  return api.send({ method, headers: Object.entries({ Host: host, ...credential, ...fields }) })
}

const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
const crossSite = { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' }

describe('refused', () => {
  it.each<[string, Fields]>([
    ['a form on another site', { ...form, ...crossSite, 'Sec-Fetch-Mode': 'navigate' }],
    ['a form on a sibling domain', { ...form, 'Sec-Fetch-Site': 'same-site', Origin: 'https://blog.example' }],
    ['a form in a sandboxed frame', { ...form, 'Sec-Fetch-Site': 'cross-site', Origin: 'null' }],
    ['JSON sent as text/plain', { 'Content-Type': 'text/plain', ...crossSite }],
    ['multipart', { 'Content-Type': 'multipart/form-data; boundary=x', ...crossSite }],
    ['no content type', { ...crossSite }],
    ['JSON, which only CORS would allow', { 'Content-Type': 'application/json', ...crossSite }],
    ['without Origin', { ...form, 'Sec-Fetch-Site': 'cross-site' }],
    ['an unknown word in Sec-Fetch-Site', { 'Sec-Fetch-Site': 'same-origin-ish' }],
    ['Sec-Fetch-Site twice in one', { 'Sec-Fetch-Site': 'cross-site, same-origin' }],
    ['an older browser, from another site', { ...form, Origin: 'https://evil.example' }],
    ['an older browser, from a sandboxed frame', { ...form, Origin: 'null' }],
    ['an older browser, from the same name over https', { ...form, Origin: `https://${host}` }],
    ['an older browser, from the same name on another port', { ...form, Origin: `http://${host}:8080` }],
    ['an older browser, from a name that begins alike', { ...form, Origin: `http://${host}.evil.example` }],
    ['an origin that begins like a trusted one', { Origin: 'https://app.example.evil.example' }],
    ['a trusted origin over http', { Origin: 'http://app.example' }],
    ['a trusted origin with a path', { Origin: 'https://app.example/' }],
    ['a trusted origin beside another', { Origin: 'https://app.example, https://evil.example' }],
    ['a Referer that would be trusted', { ...crossSite, Referer: 'https://app.example/' }],
    ['a forwarded host that nobody vouches for', { Origin: 'http://evil.example', 'X-Forwarded-Host': 'evil.example' }],
    ['a Forwarded field', { Origin: 'http://evil.example', Forwarded: 'host=evil.example' }],
    ['X-Requested-With', { ...crossSite, 'X-Requested-With': 'XMLHttpRequest' }],
    ['an override to GET', { ...crossSite, 'X-HTTP-Method-Override': 'GET' }],
  ])('%s', async (_what, fields) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) expect(await send(method, fields)).toEqual(refused)
  })
})

describe('let through', () => {
  it.each<[string, Fields]>([
    ['the own page', { 'Sec-Fetch-Site': 'same-origin', Origin: `http://${host}` }],
    ['what the user typed', { 'Sec-Fetch-Site': 'none' }],
    ['a trusted origin', { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://app.example' }],
    ['an older browser on the own page', { ...form, Origin: `http://${host}` }],
    ['an older browser on a trusted origin', { Origin: 'https://app.example' }],
    ['a program', {}],
    ['a program with an empty Origin', { Origin: '' }],
  ])('%s', async (_what, fields) => {
    expect((await send('POST', fields)).seen).toMatchObject({ sub: 'ada', source: 'cookie' })
  })

  it.each(['GET', 'OPTIONS'])('%s, which changes nothing, also with an override to POST', async (method) => {
    expect((await send(method, crossSite)).code).toBe('accepted')
    expect((await send(method, { ...crossSite, 'X-HTTP-Method-Override': 'POST' })).code).toBe('accepted')
  })

  it('a Bearer request, which no browser sends by itself', async () => {
    expect((await send('POST', crossSite, { Authorization: `Bearer ${token}` })).seen?.source).toBe('header')
  })
})

it('an optional guard refuses it too, for it would act as somebody', async () => {
  const headers = Object.entries({ Cookie: `access=${token}`, ...crossSite })
  expect(await api.send({ path: '/optional', method: 'POST', headers })).toEqual(refused)
  expect(
    (await api.send({ path: '/optional', method: 'POST', headers: Object.entries(crossSite) })).seen?.sub,
  ).toBeNull()
})

it('a cookie beside a Bearer token does not buy the exemption', async () => {
  const both = { Cookie: `access=${token}`, Authorization: `Bearer ${token}` }
  expect((await send('POST', crossSite, both)).code).toBe('token_repeated')
})
