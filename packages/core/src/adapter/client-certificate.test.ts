import { expect, test } from 'vitest'
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
