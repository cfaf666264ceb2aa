import { describe, expect, it } from 'vitest'
import { normalizeTargetUri, targetUriOf } from './normalize-uri.js'

describe('normalizeTargetUri', () => {
  it.each([
    ['https://api.example/things', 'https://api.example/things'],
    // scheme and host in any case; the path's counts
    ['HTTPS://API.Example/Things', 'https://api.example/Things'],
    // default and empty ports, and no others
    ['https://api.example:443/', 'https://api.example/'],
    ['https://api.example:/', 'https://api.example/'],
    ['http://api.example:80/', 'http://api.example/'],
    ['https://api.example:80/', 'https://api.example:80/'],
    ['http://api.example:443/', 'http://api.example:443/'],
    ['https://api.example:0443/', 'https://api.example:0443/'],
    ['https://api.example:8443/', 'https://api.example:8443/'],
    // an empty path
    ['https://api.example', 'https://api.example/'],
    ['https://api.example?q', 'https://api.example/'],
    ['https://api.example#f', 'https://api.example/'],
    // query and fragment count for nothing
    ['https://api.example/a?b=c/../d', 'https://api.example/a'],
    ['https://api.example/a#b?c', 'https://api.example/a'],
    ['https://api.example/a?', 'https://api.example/a'],
    // unreserved characters are decoded, others are not, and letter case of what stays encoded does not count
    ['https://api.example/%7Eada%2d%2E%5F%41', 'https://api.example/~ada-._A'],
    ['https://api.example/a%2fb%3aq', 'https://api.example/a%2Fb%3Aq'],
    ['https://%61pi.example/', 'https://api.example/'],
    ['https://%41pi.example/', 'https://api.example/'],
    ['https://a%c3%a9.example/', 'https://a%C3%A9.example/'],
    ['https://api.example/%', 'https://api.example/%'],
    ['https://api.example/%zz%2', 'https://api.example/%zz%2'],
    // dot segments, also encoded ones (RFC 3986 §5.2.4 and §5.4)
    ['https://api.example/a/b/c/./../../g', 'https://api.example/a/g'],
    ['https://api.example/mid/content=5/../6', 'https://api.example/mid/6'],
    ['https://api.example/b/c/.', 'https://api.example/b/c/'],
    ['https://api.example/b/c/..', 'https://api.example/b/'],
    ['https://api.example/b/c/../', 'https://api.example/b/'],
    ['https://api.example/..', 'https://api.example/'],
    ['https://api.example/../../g', 'https://api.example/g'],
    ['https://api.example/a/%2e%2E/b', 'https://api.example/b'],
    ['https://api.example/a/.%2e/b', 'https://api.example/b'],
    ['https://api.example/.well-known/x', 'https://api.example/.well-known/x'],
    ['https://api.example/a/...', 'https://api.example/a/...'],
    ['https://api.example/g.', 'https://api.example/g.'],
    ['https://api.example/..g', 'https://api.example/..g'],
    // nothing else: empty segments, trailing slashes, backslashes, addresses
    ['https://api.example//a//', 'https://api.example//a//'],
    ['https://api.example/a//..//b', 'https://api.example/a//b'],
    ['https://api.example/a/', 'https://api.example/a/'],
    ['https://api.example/a\\..\\b', 'https://api.example/a\\..\\b'],
    ['https://api.example./', 'https://api.example./'],
    ['http://[::1]:3000/', 'http://[::1]:3000/'],
    ['http://[2001:DB8::A]/', 'http://[2001:db8::a]/'],
    ['http://127.1/', 'http://127.1/'],
    ['http://0x7f.0.0.1/', 'http://0x7f.0.0.1/'],
  ])('%s is %s', (uri, expected) => {
    expect(normalizeTargetUri(uri)).toBe(expected)
    expect(normalizeTargetUri(expected)).toBe(expected)
  })

  it.each([
    '',
    '/things',
    'things',
    '//api.example/things',
    'https:/api.example/',
    'https:api.example/',
    'https:///things',
    'https://',
    'https:\\\\api.example\\things',
    'wss://api.example/',
    'ftp://api.example/',
    'javascript:alert(1)',
    'toString://api.example/',
    'https://ada@api.example/',
    'https://ada:secret@api.example/',
    'https://@api.example/',
    'https://api.example:80:80/',
    'https://api.example:x/',
    'https://::1/',
    'https://[::1/',
    'https://[::1]x/',
    ' https://api.example/',
    'https://api.example/a b',
    'https://api.example/\t',
    'https://api.example/\n',
    'https://api.example/é',
    'https://api.exampl\u0435/',
    'https://\u212aelvin.example/',
    'https://api.example/\u0000',
  ])('%j is none', (uri) => {
    expect(normalizeTargetUri(uri)).toBeUndefined()
  })
})

describe('targetUriOf', () => {
  it.each([
    ['https://api.example/a?b', undefined, 'https://api.example/a?b'],
    ['wss://api.example/a', undefined, 'https://api.example/a'],
    ['ws://api.example/a', undefined, 'http://api.example/a'],
    ['http://10.0.0.7:3000/a?b', 'https://api.example', 'https://api.example/a'],
    ['/a?b', 'https://api.example', 'https://api.example/a'],
    ['http://10.0.0.7', 'https://api.example', 'https://api.example'],
  ])('%s with the public origin %s is %s', (url, publicOrigin, expected) => {
    expect(targetUriOf(url, publicOrigin)).toBe(expected)
  })
})
