import { describe, expect, it } from 'vitest'
import { ConfigError } from '../config-error.js'
import { isSerializedOrigin, readTrustedOrigins } from './trusted-origins.js'

describe('isSerializedOrigin', () => {
  it.each([
    'https://app.example',
    'http://localhost:3000',
    'http://[::1]:8080',
    'https://xn--bcher-kva.example',
    'capacitor://localhost',
    'tauri://localhost',
    'ionic://localhost:8100',
    'chrome-extension://abcdefghijklmnop',
    'safari-web-extension://8C1F2D3E-0000-4000-8000-000000000000',
  ])('takes %j', (origin) => {
    expect(isSerializedOrigin(origin)).toBe(true)
  })

  it.each([
    'https://app.example/',
    'https://app.example/path',
    'https://app.example:443',
    'http://app.example:80',
    'https://App.example',
    'HTTPS://app.example',
    'https://bücher.example',
    'https://user@app.example',
    'https://*.app.example',
    'app.example',
    'null',
    '*',
    '',
    ' https://app.example',
    'file:///etc',
    'file://',
    'capacitor://localhost/',
    'capacitor:localhost',
    'data:text/html,x',
    undefined,
    null,
    5,
  ])('refuses %j', (origin) => {
    expect(isSerializedOrigin(origin)).toBe(false)
  })
})

describe('readTrustedOrigins', () => {
  it('trusts nobody by default', () => {
    expect(readTrustedOrigins().has('https://app.example')).toBe(false)
  })

  it('compares a list exactly', () => {
    const origins = readTrustedOrigins(['https://app.example', 'capacitor://localhost'])
    expect(origins.has('https://app.example')).toBe(true)
    expect(origins.has('capacitor://localhost')).toBe(true)
    expect(origins.has('https://App.example')).toBe(false)
  })

  it.each(['https://app.example', ['https://app.example/'], [5], {}, null, true])('refuses %j', (option) => {
    expect(() => readTrustedOrigins(option as never)).toThrow(ConfigError)
  })
})
