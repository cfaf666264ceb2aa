import { createHmac } from 'node:crypto'
import { createTestKey } from '@latchkey/testing'
import { describe, expect, it } from 'vitest'
import { useApi } from './harness/api.js'
import { audience, clock, createIssuer, encode, goodClaims, staticOptions } from './harness/issuer.js'

// The kid comes from the attacker, and naive code makes of it a path, a query, a command or a property's name.

const kids = [
  '../../../../../../dev/null',
  '..\\..\\windows\\win.ini',
  '/dev/null',
  'file:///dev/null',
  '%2e%2e%2fdev%2fnull',
  "' OR 1=1 --",
  "x' UNION SELECT 'secret",
  '| whoami',
  '$(id)',
  '`id`',
  '{{7*7}}',
  '#{7*7}',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  ' ',
  '\u0000',
  'k\u0000',
  '0',
  'null',
  'undefined',
  '*',
  '\ud800',
  'x'.repeat(4000),
]

describe('a kid that is more than a name', () => {
  const issuer = createIssuer()
  const evil = createTestKey('ES256')
  const still = useApi(staticOptions(issuer))
  const asked: string[] = []
  const fetched = useApi({
    issuer: issuer.url,
    audience,
    clock,
    keySet: { cooldown: 0 },
    fetch: (input, init) => {
      asked.push(String(input))
      return issuer.fetch(input, init)
    },
  })

  it.each(kids)('%j names no key', async (kid) => {
    const token = issuer.token({ key: evil, claims: { sub: 'eve' }, header: { kid } })
    const refused = { code: 'token_rejected', reason: 'key_not_found' }
    expect(await still.bearer(token)).toEqual(refused)
    expect(await fetched.bearer(token)).toEqual(refused)
  })

  it.each(kids)('%j names no key though the issuer signed', async (kid) => {
    expect(await still.bearer(issuer.token({ header: { kid } }))).toEqual({
      code: 'token_rejected',
      reason: 'key_not_found',
    })
  })

  it('never becomes part of a URL', () => {
    expect(asked.length).toBeGreaterThan(1)
    expect([...new Set(asked)].toSorted()).toEqual([`${issuer.url}/.well-known/openid-configuration`, issuer.jwksUri])
  })

  it('is reported as a log can bear it: cut, and in printable ASCII', () => {
    const reported = fetched.events.flatMap((event) => (event.type === 'key_unknown' ? event.kid : []))
    expect(reported.length).toBeGreaterThan(1)
    expect(Math.max(...reported.map((kid) => kid.length))).toBe(128)
    for (const kid of reported) expect(kid).toMatch(/^[ -~]*$/)
    expect(reported).toContain('k\\u0000')
    expect(reported).toContain('\\ud800')
  })

  it.each([null, 5, true, ['k'], { kid: 'k' }, [[]]])('%j is refused, being no string', async (kid) => {
    expect(await still.bearer(issuer.token({ header: { kid } }))).toEqual({
      code: 'token_rejected',
      reason: 'kid_invalid',
    })
  })
})

describe('a kid that points at a secret everybody knows', () => {
  const issuer = createIssuer({ algorithms: ['HS256'] })
  const { secret = new Uint8Array() } = issuer
  const api = useApi({ issuer: issuer.url, audience, secret, clock })

  it.each(kids)('%j does not choose the secret', async (kid) => {
    const input = `${encode({ alg: 'HS256', kid })}.${encode(goodClaims(issuer, { sub: 'eve' }))}`
    // What /dev/null holds, what a failed query gives, what the name itself would be.
    for (const guess of ['', '\0', 'null', 'undefined', kid]) {
      const forged = `${input}.${createHmac('sha256', guess).update(input).digest('base64url')}`
      expect(await api.bearer(forged)).toEqual({ code: 'token_rejected', reason: 'signature_invalid' })
    }
  })
})
