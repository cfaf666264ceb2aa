import { describe, expect, it } from 'vitest'
import { viewOf } from '../../test/fixtures.js'
import { createReadAuthorization } from './authorization.js'
import { selectToken } from './select-token.js'
import type { TokenSource } from './token-source.js'

const bearer = createReadAuthorization(['Bearer'])
const both: readonly TokenSource[] = ['header', { cookie: 'access' }]
const reversed: readonly TokenSource[] = [{ cookie: 'access' }, 'header']

function select(headers: Record<string, string>, sources: readonly TokenSource[] = both) {
  return selectToken(viewOf(headers), sources, bearer)
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
    selectToken(view, ['header'], bearer)
    selectToken(view, [{ cookie: 'access' }], bearer)
    expect(asked).toEqual(['authorization', 'cookie'])
  })
})
