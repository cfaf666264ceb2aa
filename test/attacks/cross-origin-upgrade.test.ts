import { expect, it } from 'vitest'
import { useApi } from './harness/api.js'
import { createIssuer, staticOptions } from './harness/issuer.js'

// A page elsewhere opens a WebSocket: browsers send cookies with it, ask nobody, and let the page read what comes. It is a GET, and
// must not pass as one that changes nothing (RFC 6455 §10.2), also on a route that was not meant for it.

const issuer = createIssuer()
const token = issuer.token()
const api = useApi({ ...staticOptions(issuer), trustedOrigins: ['https://app.example'] })

function upgrade(path: '/me' | '/optional', fields: Readonly<Record<string, string>>, credential = `access=${token}`) {
  const asked = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' }
  return api.send({ path, headers: Object.entries({ Host: 'api.example', Cookie: credential, ...asked, ...fields }) })
}

it.each<[string, Readonly<Record<string, string>>]>([
  ['another site', { Origin: 'https://evil.example' }],
  ['another site, by a browser that says so', { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' }],
  ['a sibling domain', { 'Sec-Fetch-Site': 'same-site', Origin: 'https://blog.api.example' }],
  ['a sandboxed frame', { Origin: 'null' }],
  ['another protocol', { Origin: 'https://evil.example', Upgrade: 'Foo' }],
])('from %s is refused', async (_where, fields) => {
  for (const path of ['/me', '/optional'] as const) {
    expect(await upgrade(path, fields)).toEqual({ code: 'origin_rejected', reason: 'origin_rejected' })
  }
})

it('from the own page, a trusted one, or no browser passes', async () => {
  for (const Origin of ['http://api.example', 'https://app.example', '']) {
    expect((await upgrade('/me', { Origin })).seen?.source).toBe('cookie')
  }
})

it('from another site with a Bearer token passes: no page can send that', async () => {
  const fields = { Origin: 'https://evil.example', Authorization: `Bearer ${token}` }
  expect((await upgrade('/me', fields, 'theme=dark')).seen?.source).toBe('header')
})
