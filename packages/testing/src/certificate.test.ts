import { createHash, X509Certificate } from 'node:crypto'
import { expect, it } from 'vitest'
import { createTestAuthority } from './certificate.js'

const authority = createTestAuthority()

it('an authority signs certificates that OpenSSL takes for its own', () => {
  const ca = new X509Certificate(authority.ca)
  expect(ca.ca).toBe(true)
  expect(ca.verify(ca.publicKey)).toBe(true)
  const leaf = new X509Certificate(authority.issue('ada').cert)
  expect(leaf.ca).toBe(false)
  expect(leaf.subject).toBe('CN=ada')
  expect(leaf.checkIssued(ca)).toBe(true)
  expect(leaf.verify(ca.publicKey)).toBe(true)
  expect(leaf.checkIP('127.0.0.1')).toBe('127.0.0.1')
  expect(leaf.checkHost('localhost')).toBe('localhost')
  expect(new Date(leaf.validFrom).getTime()).toBeLessThan(Date.now())
  expect(new Date(leaf.validTo).getTime()).toBeGreaterThan(Date.now())
})

it('a certificate says how tokens are bound to it, and how a proxy hands it on', () => {
  const { der, cnf, clientCert, cert } = authority.issue()
  expect(cnf).toEqual({ 'x5t#S256': createHash('sha256').update(der).digest('base64url') })
  expect(clientCert).toBe(`:${Buffer.from(new X509Certificate(cert).raw).toString('base64')}:`)
})

it('none is of another authority, and no two are alike', () => {
  const other = new X509Certificate(createTestAuthority().ca)
  const [one, two] = [authority.issue(), authority.issue()]
  expect(new X509Certificate(one.cert).verify(other.publicKey)).toBe(false)
  expect(one.cnf).not.toEqual(two.cnf)
})
