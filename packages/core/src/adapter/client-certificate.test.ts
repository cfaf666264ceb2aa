import { expect, test, vi } from 'vitest'
import { clientCertificate } from './client-certificate.js'

const raw = Uint8Array.of(1)

test('gives what was verified, and nothing else', () => {
  expect(clientCertificate({ authorized: true, getPeerCertificate: () => ({ raw }) })).toBe(raw)
  expect(clientCertificate({ authorized: false, getPeerCertificate: () => ({ raw }) })).toBeUndefined()
  // Without a certificate Node gives an empty object.
  expect(clientCertificate({ authorized: true, getPeerCertificate: () => ({}) })).toBeUndefined()
})

test.each([undefined, null, {}, 'socket'])('a connection without TLS has none: %j', (socket) => {
  expect(clientCertificate(socket)).toBeUndefined()
})

test('on Deno a resumed session has none: its verdict is not that of the first handshake', () => {
  const socket = (isSessionReused?: () => boolean) => ({
    authorized: true,
    getPeerCertificate: () => ({ raw }),
    isSessionReused,
  })
  expect(clientCertificate(socket(() => true))).toBe(raw)
  vi.stubGlobal('Deno', {})
  expect(clientCertificate(socket(() => true))).toBeUndefined()
  expect(clientCertificate(socket())).toBeUndefined()
  expect(clientCertificate(socket(() => false))).toBe(raw)
  vi.unstubAllGlobals()
})
