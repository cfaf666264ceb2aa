import { describe, expect, test } from 'vitest'
import { combinedField, nodeField, targetUri } from './raw-headers.js'

describe('combinedField', () => {
  const rawHeaders = [
    'Host',
    'a',
    'AUTHORIZATION',
    'Basic x',
    'Cookie',
    'a=1',
    'authorization',
    'Bearer y',
    'cookie',
    'b=2',
  ]

  test('joins every field of the name, in the order received', () => {
    expect(combinedField(rawHeaders, 'authorization')).toBe('Basic x, Bearer y')
  })

  test('joins Cookie as one cookie string', () => {
    expect(combinedField(rawHeaders, 'cookie')).toBe('a=1; b=2')
  })

  test('tells an absent field from an empty one', () => {
    expect(combinedField(rawHeaders, 'origin')).toBeUndefined()
    expect(combinedField(['Origin', ''], 'origin')).toBe('')
    expect(combinedField([], 'origin')).toBeUndefined()
  })

  test('keeps an empty field among others', () => {
    expect(combinedField(['Origin', '', 'Origin', 'https://a.example'], 'origin')).toBe(', https://a.example')
  })

  test.each(['cookie', 'sec-fetch-site'])(
    'takes the letters of %s in either case and nothing else for them',
    (name) => {
      for (let at = 0; at < name.length; at++) {
        for (let code = 0; code < 0x180; code++) {
          const field = name.slice(0, at) + String.fromCharCode(code) + name.slice(at + 1)
          const isSame =
            field === name || field === name.slice(0, at) + name.charAt(at).toUpperCase() + name.slice(at + 1)
          expect(combinedField([field, 'x'], name)).toBe(isSame ? 'x' : undefined)
        }
      }
    },
  )

  test('takes no name that only resembles', () => {
    expect(combinedField(['Authorisation', 'x', 'Authorization2', 'y'], 'authorization')).toBeUndefined()
    expect(combinedField(['x', 'authorization'], 'authorization')).toBeUndefined()
  })

  test('reads a name without a value as empty', () => {
    expect(combinedField(['Origin'], 'origin')).toBe('')
  })
})

describe('targetUri', () => {
  test('puts scheme, host and path together', () => {
    expect(targetUri('https', 'a.example:8443', '/x?y')).toBe('https://a.example:8443/x?y')
  })

  test('takes an absolute target as it is', () => {
    expect(targetUri('http', 'a.example', 'http://b.example/x')).toBe('http://b.example/x')
  })

  test('makes no URI of a Host that is missing or junk, nor of an asterisk', () => {
    expect(URL.canParse(targetUri('http', undefined, '//evil.example/x'))).toBe(false)
    expect(URL.canParse(targetUri('http', '', '/evil.example'))).toBe(false)
    expect(URL.canParse(targetUri('http', 'a b', '/'))).toBe(false)
    expect(URL.canParse(targetUri('http', 'a.example', '*'))).toBe(false)
  })

  test.each(['u@a.example', 'u:p@a.example', 'a.example/x', 'a.example?', 'a.example#', 'a.example\\', '\ta.example'])(
    'makes no URI of the Host %j, in which a URL parser finds another host',
    (host) => {
      expect(targetUri('http', host, '/x')).toBe('/x')
    },
  )

  test.each(['a.example', 'A.example:80', '[::1]:3000', '127.0.0.1:', 'xn--9ca.example', 'a_b', 'a%62'])(
    'takes the Host %j',
    (host) => {
      expect(targetUri('http', host, '/x')).toBe(`http://${host}/x`)
    },
  )
})

describe('nodeField', () => {
  test('believes the raw fields where there are any', () => {
    const headers = { authorization: 'Bearer a' }
    const rawHeaders = ['Authorization', 'Bearer a', 'Authorization', 'Bearer b']
    expect(nodeField({ rawHeaders, headers }, 'authorization')).toBe('Bearer a, Bearer b')
    expect(nodeField({ rawHeaders, headers: { cookie: 'a=1' } }, 'cookie')).toBeUndefined()
  })

  test('takes the parsed ones where a shim left the raw ones out', () => {
    const headers = { authorization: 'Bearer a', cookie: ['a=1', 'b=2'], origin: ['a', 'b'] }
    const read = (name: string) => nodeField({ rawHeaders: [], headers }, name)
    expect([read('authorization'), read('cookie'), read('origin')]).toEqual(['Bearer a', 'a=1; b=2', 'a, b'])
    expect(read('host')).toBeUndefined()
  })
})
