import { expect, test } from 'vitest'
import { isSecureUrl } from './secure-url.js'

test.each([
  'https://id.example',
  'https://id.example:8443/path?x=1',
  'http://localhost:9000/jwks',
  'http://a.b.localhost/',
  'http://127.0.0.1:9000/',
  'http://127.9.8.7/',
  'http://[::1]:9000/',
  'http://0x7f.1/',
])('%s may be fetched from', (url) => {
  expect(isSecureUrl(url)).toBe(true)
})

test.each([
  'http://id.example',
  'http://localhost.example/',
  'http://notlocalhost/',
  'http://127.0.0.1.example/',
  'http://128.0.0.1/',
  'http://[::2]/',
  'http://[::ffff:10.0.0.1]/',
  'ftp://localhost/',
  'file:///etc/jwks.json',
  'data:application/json,{}',
  'id.example',
  '',
])('%s may not be fetched from', (url) => {
  expect(isSecureUrl(url)).toBe(false)
})
