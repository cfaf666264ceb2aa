import { describe, expect, it } from 'vitest'
import { useApi } from './harness/api.js'
import { fastest } from './harness/fastest.js'
import { createIssuer, encode, segmentsOf, staticOptions } from './harness/issuer.js'

// Work in proportion to what a stranger sends: nothing over `maxTokenLength` is looked at, and what is, takes linear time.

const issuer = createIssuer()
// The default is all that Node's parser lets through for a request's fields together.
const api = useApi({ ...staticOptions(issuer), maxTokenLength: 8192 })
const tooLong = { code: 'token_malformed', reason: 'token_too_long' }
const [header, claims, signature] = segmentsOf(issuer.token())

/** A token that the issuer signed, of exactly that length or up to two characters less. */
function tokenOfLength(length: number): string {
  for (let fill = Math.floor(length * 0.75); ; fill--) {
    const token = issuer.token({ claims: { fill: 'x'.repeat(fill) } })
    if (token.length <= length) return token
  }
}

it('as many characters as allowed are accepted and no more', async () => {
  const longest = tokenOfLength(8192)
  expect(longest.length).toBeGreaterThan(8188)
  expect((await api.bearer(longest)).code).toBe('accepted')
  const longer = issuer.token({ claims: { fill: 'x'.repeat(6200) } })
  expect(longer.length).toBeGreaterThan(8192)
  expect(await api.bearer(longer)).toEqual(tooLong)
  expect(await api.cookie(longer)).toEqual(tooLong)
})

describe('what is far too long is refused, whatever its form', () => {
  const size = 14_000
  it.each([
    ['one segment', 'A'.repeat(size)],
    ['dots', '.'.repeat(size)],
    ['a long header', `${'A'.repeat(size)}.${claims}.${signature}`],
    ['long claims', `${header}.${'A'.repeat(size)}.${signature}`],
    ['a long signature', `${header}.${claims}.${'A'.repeat(size)}`],
    ['many segments', `${header}${'.AAAA'.repeat(size / 5)}`],
    ['five segments, as encrypted tokens have', `${header}.${'A'.repeat(size)}.AAAA.AAAA.AAAA`],
  ])('%s', async (_what, token) => {
    expect(await api.bearer(token)).toEqual(tooLong)
    expect(await api.cookie(token)).toEqual(tooLong)
  })
})

describe('what is just short enough takes no longer than a signature', () => {
  it.each([
    ['dots', '.'.repeat(8192)],
    ['a signature', `${header}.${claims}.${'A'.repeat(7600)}`],
    ['claims that are no JSON', `${header}.${'A'.repeat(7600)}.${signature}`],
    ['a number of many digits', `${header}.${encode(`{"exp":${'9'.repeat(5600)}}`)}.${signature}`],
    ['a text of many escapes', `${header}.${encode(`{"sub":"${'\\u0041'.repeat(900)}"}`)}.${signature}`],
    ['many members', `${header}.${encode(`{${'"a":1,'.repeat(900)}"b":1}`)}.${signature}`],
  ])('%s', (_what, token) => {
    const took = fastest(() => expect(() => api.verifier.verify(token)).toThrow())
    // Well below one on most machines; what is not linear takes far longer.
    expect(took).toBeLessThan(10)
  })
})
