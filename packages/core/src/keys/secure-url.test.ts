import { expect, test } from 'vitest'
import { isHost, isOnLoopback, isSecureUrl } from './secure-url.js'

const configured = { onLoopback: true, hosts: [] }

test.each([
  'https://id.example',
  'https://id.example:8443/path?x=1',
  'http://localhost:9000/jwks',
  'http://127.0.0.1:9000/',
  'http://127.9.8.7/',
  'http://[::1]:9000/',
  'http://0x7f.1/',
])('%s may be fetched from', (url) => {
  expect(isSecureUrl(url, configured)).toBe(true)
})

test.each([
  'http://id.example',
  'http://a.b.localhost/',
  'http://localhost.example/',
  'http://localhost./',
  'http://notlocalhost/',
  'http://127.0.0.1.example/',
  'http://128.0.0.1/',
  'http://[::2]/',
  'http://[::ffff:10.0.0.1]/',
  'https://user@id.example/',
  'https://user:password@id.example/',
  'http://:password@localhost/',
  'ftp://localhost/',
  'file:///etc/jwks.json',
  'data:application/json,{}',
  'id.example',
  '',
  undefined,
  ['https://id.example'],
])('%s may not be fetched from', (url) => {
  expect(isSecureUrl(url, configured)).toBe(false)
})

test('http on loopback only where that is trusted', () => {
  expect(isSecureUrl('http://127.0.0.1/', { onLoopback: false, hosts: [] })).toBe(false)
  expect(isSecureUrl('https://127.0.0.1/', { onLoopback: false, hosts: [] })).toBe(true)
})

test('http from hosts that are named, port included', () => {
  const named = { onLoopback: false, hosts: ['keycloak:8080', 'plain'] }
  expect(isSecureUrl('http://keycloak:8080/realms/a', named)).toBe(true)
  expect(isSecureUrl('http://plain:80/', named)).toBe(true)
  for (const url of [
    'http://keycloak/',
    'http://keycloak:8081/',
    'http://a.plain/',
    'http://u@plain/',
    'ftp://plain/',
  ]) {
    expect(isSecureUrl(url, named)).toBe(false)
  }
})

test('what is a host', () => {
  expect(['keycloak:8080', 'plain', '10.0.0.1', '[::1]:80'].map(isHost)).toEqual([true, true, true, false])
  for (const text of ['http://keycloak', 'keycloak/', 'Keycloak', 'a:80', 'u@a', '*', '', 5, undefined]) {
    expect(isHost(text), String(text)).toBe(text === '*')
  }
})

test('what is on loopback', () => {
  expect(isOnLoopback('https://localhost/realm')).toBe(true)
  expect(isOnLoopback('https://id.example')).toBe(false)
  expect(isOnLoopback('localhost')).toBe(false)
})
