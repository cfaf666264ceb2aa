import { describe, expect, it } from 'vitest'
import { viewOf } from '../../test/fixtures.js'
import { selectToken, type TokenSource } from './select-token.js'

const both: readonly TokenSource[] = ['header', { cookie: 'access' }]
const reversed: readonly TokenSource[] = [{ cookie: 'access' }, 'header']

function select(headers: Record<string, string>, sources: readonly TokenSource[] = both) {
  return selectToken(viewOf(headers), sources)
}

describe('selectToken', () => {
  it('says where the token was found', () => {
    expect(select({ authorization: 'Bearer abc' })).toEqual({ token: 'abc', source: 'header' })
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
    selectToken(view, ['header'])
    selectToken(view, [{ cookie: 'access' }])
    expect(asked).toEqual(['authorization', 'cookie'])
  })
})
