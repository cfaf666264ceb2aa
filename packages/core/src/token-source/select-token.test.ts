import { describe, expect, it } from 'vitest'
import { viewOf } from '../../test/fixtures.js'
import { findKey } from '../../test/scripted-endpoint.js'
import type { Issuer } from '../issuer.js'
import { createSecretKeySet } from '../keys/configured-keys.js'
import type { VerificationKey } from '../keys/verification-key.js'
import { VerifiedToken } from '../token/verified-token.js'
import { createReadAuthorization } from './authorization.js'
import { selectToken } from './select-token.js'
import type { TokenSource } from './token-source.js'

const bearer = createReadAuthorization(['Bearer'])
const both: readonly TokenSource[] = ['header', { cookie: 'access' }]
const reversed: readonly TokenSource[] = [{ cookie: 'access' }, 'header']

function select(headers: Record<string, string>, sources: readonly TokenSource[] = both) {
  return selectToken(viewOf(headers), sources, bearer, () => undefined)
}

describe('selectToken', () => {
  it('says where the token was found', () => {
    expect(select({ authorization: 'Bearer abc' })).toEqual({ token: 'abc', source: 'header', scheme: 'Bearer' })
    expect(select({ cookie: 'access=abc' })).toEqual({ token: 'abc', source: 'cookie' })
  })

  it('answers null where there is none', () => {
    expect(select({})).toBeNull()
    expect(select({ authorization: 'Basic abc', cookie: 'other=abc; access=' })).toBeNull()
  })

  it.each([
    ['different', { authorization: 'Bearer abc', cookie: 'access=def' }],
    ['the same', { authorization: 'Bearer abc', cookie: 'access=abc' }],
  ])('refuses header and cookie together, though they be %s', (_what, headers) => {
    expect(select(headers)).toBe('token_repeated')
    expect(select(headers, reversed)).toBe('token_repeated')
  })

  it('refuses two cookies of two configured names', () => {
    expect(select({ cookie: 'a=abc; b=abc' }, [{ cookie: 'a' }, { cookie: 'b' }])).toBe('token_repeated')
  })

  it('refuses a malformed header and does not pass it over in favour of a cookie', () => {
    expect(select({ authorization: 'Bearer', cookie: 'access=abc' })).toBe('request_malformed')
    expect(select({ authorization: 'Bearer', cookie: 'access=abc' }, reversed)).toBe('request_malformed')
  })

  it('reads each source before it counts: the first refusal, in the order of the sources, answers', () => {
    const three: readonly TokenSource[] = [{ cookie: 'access' }, { header: 'x-token' }, 'header']
    const headers = { cookie: 'access=abc', 'x-token': 'def', authorization: 'Bearer a b' }
    expect(select(headers, three)).toBe('request_malformed')
    expect(select({ ...headers, 'x-token': 'd, f' }, three)).toBe('token_repeated')
    expect(select({ ...headers, authorization: 'Basic a' }, three)).toBe('token_repeated')
  })

  it('takes the bare token of another field', () => {
    expect(select({ 'x-token': 'abc' }, ['header', { header: 'x-token' }])).toEqual({ token: 'abc', source: 'header' })
    expect(select({ 'x-token': '' }, ['header', { header: 'x-token' }])).toBeNull()
    expect(select({ 'x-token': 'abc' })).toBeNull()
  })

  it('lets a header of another scheme stand beside a cookie', () => {
    expect(select({ authorization: 'Basic abc', cookie: 'access=def' })).toEqual({ token: 'def', source: 'cookie' })
  })

  it('looks at the configured sources alone', () => {
    expect(select({ cookie: 'access=abc' }, ['header'])).toBeNull()
    expect(select({ authorization: 'Bearer abc' }, [{ cookie: 'access' }])).toBeNull()
    expect(select({ authorization: 'Bearer abc, Bearer', cookie: 'access=def' }, [{ cookie: 'access' }])).toEqual({
      token: 'def',
      source: 'cookie',
    })
  })

  it('asks for no header that is not configured, and never for the URL', () => {
    const asked: string[] = []
    const view = {
      method: 'GET',
      header: (name: string) => {
        asked.push(name)
        return undefined
      },
      url: () => {
        throw new Error('asked for the URL')
      },
    }
    selectToken(view, ['header'], bearer, () => undefined)
    selectToken(view, [{ cookie: 'access' }], bearer, () => undefined)
    expect(asked).toEqual(['authorization', 'cookie'])
  })
})

describe('a header token that is remembered', () => {
  const keySet = createSecretKeySet('i', [new Uint8Array(32)])
  const key = findKey(keySet, undefined, 'HS256') as VerificationKey
  const known = new VerifiedToken('a.b.c', {}, {}, { keySet } as Issuer, key)
  const recall = (value: string) => (value === 'Bearer a.b.c' ? known : undefined)
  const selecting = (headers: Record<string, string>) => selectToken(viewOf(headers), both, bearer, recall)

  it('comes with what is remembered of it', () => {
    expect(selecting({ authorization: 'Bearer a.b.c' })).toEqual({
      token: 'a.b.c',
      source: 'header',
      scheme: 'Bearer',
      recalled: known,
    })
  })

  it.each(['bearer a.b.c', 'Bearer  a.b.c', 'BEARER a.b.c'])('is read in the slow way as %j', (authorization) => {
    expect(selecting({ authorization })).toEqual({ token: 'a.b.c', source: 'header', scheme: 'Bearer' })
  })

  it.each([
    ['Bearer a.b.c, Bearer a.b.c', 'token_repeated'],
    ['Bearer a.b.c, Bearer', 'token_repeated'],
    ['Bearer a.b.c x', 'request_malformed'],
    ['Bearer a.b.c ', 'request_malformed'],
  ])('is no better than any other in %j', (authorization, code) => {
    expect(selecting({ authorization })).toBe(code)
  })

  it('is still one too many beside a cookie', () => {
    expect(selecting({ authorization: 'Bearer a.b.c', cookie: 'access=a.b.c' })).toBe('token_repeated')
  })
})
