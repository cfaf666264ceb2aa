import { describe, expect, it } from 'vitest'
import { useApi } from './harness/api.js'
import { createIssuer, encode, goodClaims, segmentsOf, staticOptions } from './harness/issuer.js'

// One token in several spellings passes by whatever remembers tokens as text: a list of revoked ones, a rate limit, a
// cache. So there is one spelling, and the others are malformed.

const issuer = createIssuer()
const api = useApi(staticOptions(issuer))
const key = issuer.key()

/** A token whose three segments all have bits to spare in their last character. */
function spare(): [string, string, string] {
  for (let fill = ''; fill.length < 9; fill += 'x') {
    const [header, claims, signature] = segmentsOf(issuer.token({ header: { fill }, claims: { fill } }))
    if ([header, claims, signature].every((segment) => segment.length % 4 === 2)) return [header, claims, signature]
    if (header.length % 4 === 2) {
      for (let more = ''; more.length < 9; more += 'x') {
        const other = encode(goodClaims(issuer, { more }))
        if (other.length % 4 === 2) return [header, other, key.sign(`${header}.${other}`)]
      }
    }
  }
  throw new Error('There is no such token.')
}

const segments = spare()
const names = ['header', 'claims', 'signature']

/** The other last characters that decode to the same bytes: sixteen in all for four spare bits. */
function respelled(segment: string): string[] {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const bytes = Buffer.from(segment, 'base64url')
  return [...alphabet]
    .map((last) => segment.slice(0, -1) + last)
    .filter((other) => other !== segment && Buffer.from(other, 'base64url').equals(bytes))
}

const refused = { code: 'token_malformed', reason: 'token_malformed' }

it('the one spelling is accepted, and remembered', async () => {
  const token = segments.join('.')
  expect((await api.bearer(token)).code).toBe('accepted')
  expect((await api.bearer(token)).code).toBe('accepted')
  expect((await api.cookie(token)).code).toBe('accepted')
})

describe.each([0, 1, 2])('segment %d', (index) => {
  const segment = segments[index] ?? ''
  const spelled = (other: string) => segments.map((each, at) => (at === index ? other : each)).join('.')

  it(`has fifteen other spellings of the ${names[index]}, all refused`, async () => {
    const others = respelled(segment)
    expect(others).toHaveLength(15)
    for (const other of others) {
      expect(await api.bearer(spelled(other))).toEqual(refused)
      expect(await api.cookie(spelled(other))).toEqual(refused)
    }
  })

  it.each([
    ['padded', (text: string) => `${text}==`],
    ['padded by one', (text: string) => `${text}=`],
    ['with a space', (text: string) => `${text.slice(0, 4)} ${text.slice(4)}`],
    ['with a tab', (text: string) => `${text.slice(0, 4)}\t${text.slice(4)}`],
    ['percent-encoded', (text: string) => `%${text.charCodeAt(0).toString(16)}${text.slice(1)}`],
    ['quoted', (text: string) => `"${text}"`],
    ['with a character of no alphabet', (text: string) => `${text.slice(0, 4)}*${text.slice(4)}`],
    ['with one more character', (text: string) => `${text}AAA`],
  ])(`is refused %s`, async (_how, spell) => {
    const token = spelled(spell(segment))
    expect(await api.cookie(token)).toEqual(refused)
    // In a header most of these are no b64token at all, and padding is one only at the very end.
    expect(['token_malformed', 'request_malformed']).toContain((await api.bearer(token)).code)
  })
})

it('the older alphabet is refused', async () => {
  const [header, claims, signature] = segmentsOf(issuer.token({ claims: { text: '\u03ff\u03ff???>>>' } }))
  const token = `${header}.${claims}.${signature}`
  expect(/[-_]/.test(token)).toBe(true)
  expect((await api.bearer(token)).code).toBe('accepted')
  const older = token.replaceAll('-', '+').replaceAll('_', '/')
  expect(await api.bearer(older)).toEqual(refused)
  expect(await api.cookie(older)).toEqual(refused)
})
