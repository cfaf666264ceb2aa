import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { bitString, der, oid, sequence, utcTime } from './der.js'

/** A certificate for tests, with its key: for a client, or for a server on loopback. */
export interface TestCertificate {
  /** The certificate as PEM, the `cert` of Node's `tls`. */
  readonly cert: string
  /** Its private key as PEM, the `key` of Node's `tls`. */
  readonly key: string
  /** The certificate as DER. */
  readonly der: Uint8Array
  /** The claim that binds a token to it (RFC 8705 §3.1): `issuer.token({ claims: { cnf: certificate.cnf } })`. */
  readonly cnf: { readonly 'x5t#S256': string }
  /** The value of the field `Client-Cert`, in which a proxy passes it on (RFC 9440 §2.2). */
  readonly clientCert: string
}

/** A certification authority for tests. */
export interface TestAuthority {
  /** Its own certificate as PEM, the `ca` of Node's `tls`. */
  readonly ca: string
  /** Its own certificate with its key: a certificate that no other authority has signed. */
  readonly selfSigned: TestCertificate
  /**
   * Makes a certificate with a key of its own, for a client, or for a server on `localhost` and 127.0.0.1. It is good for a
   * day. `name` is its common name; default `client`.
   */
  issue(name?: string): TestCertificate
}

interface Signer {
  readonly name: string
  readonly key: KeyObject
}

/**
 * Makes a new certification authority with a P-256 key. Its certificates (RFC 5280) are good from one hour ago until one day
 * ahead, by the system clock, which TLS uses.
 *
 * @param name its common name; default: a different one each time
 */
export function createTestAuthority(name: string = `Test authority ${randomBytes(4).toString('hex')}`): TestAuthority {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const signer = { name, key: privateKey }
  const selfSigned = present(signCertificate(name, publicKey, signer, [isAuthority]), privateKey)
  return {
    ca: selfSigned.cert,
    selfSigned,
    issue: (subject = 'client') => {
      const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      return present(signCertificate(subject, pair.publicKey, signer, [namesOfLoopback]), pair.privateKey)
    },
  }
}

function present(bytes: Uint8Array, key: KeyObject): TestCertificate {
  return {
    cert: pem('CERTIFICATE', bytes),
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    der: bytes,
    cnf: { 'x5t#S256': createHash('sha256').update(bytes).digest('base64url') },
    clientCert: `:${Buffer.from(bytes).toString('base64')}:`,
  }
}

const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'))
/** The critical extension that allows signing certificates (RFC 5280 §4.2.1.9). */
const isAuthority = sequence(oid('551d13'), der(0x01, Buffer.of(0xff)), der(0x04, sequence(der(0x01, Buffer.of(0xff)))))
/** The extension with the names `localhost` and 127.0.0.1 (RFC 5280 §4.2.1.6). */
const namesOfLoopback = sequence(
  oid('551d11'),
  der(0x04, sequence(der(0x82, Buffer.from('localhost')), der(0x87, Buffer.of(127, 0, 0, 1)))),
)

/** Makes and signs a certificate (RFC 5280 §4.1). */
function signCertificate(subject: string, publicKey: KeyObject, signer: Signer, extensions: readonly Buffer[]): Buffer {
  const now = Date.now()
  const hour = 3_600_000
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    // The serial number: positive, and in the fewest bytes.
    der(0x02, Buffer.of(0x40), randomBytes(15)),
    ecdsaWithSha256,
    commonName(signer.name),
    sequence(utcTime(new Date(now - hour)), utcTime(new Date(now + 24 * hour))),
    commonName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  )
  return sequence(toBeSigned, ecdsaWithSha256, bitString(sign('sha256', toBeSigned, signer.key)))
}

function commonName(name: string): Buffer {
  return sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(name)))))
}

function pem(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
