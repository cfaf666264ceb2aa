import { describe, expect, it } from 'vitest'
import { audience, claimsSet, issuer, now, signToken, viewOf } from '../../test/fixtures.js'
import { boundToken, clientKey, hash, issuerKey, proofClaims, signProof } from '../../test/proofs.js'
import { ConfigError } from '../config-error.js'
import { createVerifier } from '../create-verifier.js'
import type { RequestView } from '../request-view.js'
import { createRequirement } from '../requirement/requirement.js'
import type { Verifier } from '../verifier.js'
import type { VerifierOptions } from '../verifier-options.js'
import { createDpop } from './dpop.js'
import { createMtls, type MtlsOptions } from './mtls.js'

const certificate = new Uint8Array([0x30, 0x82, 1, 2, 3, 251, 255, 4])
const token = signToken(issuerKey, claimsSet({ cnf: { 'x5t#S256': hash(certificate) } }))
const common: VerifierOptions = { issuer, audience, jwks: { keys: [issuerKey.jwk] }, clock: () => now }
const sequence = `:${Buffer.from(certificate).toString('base64')}:`

function verifierWith(from: MtlsOptions['from'], options: Partial<VerifierOptions> = {}): Verifier {
  return createVerifier({ ...common, ...options, mtls: createMtls({ from }) } as VerifierOptions)
}

function ask(verifier: Verifier, headers: Record<string, string>, der?: Uint8Array): string {
  const view: RequestView = { ...viewOf(headers), clientCertificate: () => der }
  const decision = verifier.authenticate(view, createRequirement(true))
  if (decision instanceof Promise) throw new Error('Nothing had to be waited for.')
  if ('thrown' in decision) throw decision.thrown
  return decision.allow ? 'allowed' : `${decision.error.code} ${decision.error.reason}`
}

const bearer = { authorization: `Bearer ${token}` }

describe('a certificate of the connection', () => {
  const verifier = verifierWith('tls')

  it('that the token is bound to lets it pass, at each request anew', () => {
    expect(ask(verifier, bearer, certificate)).toBe('allowed')
    expect(ask(verifier, bearer)).toBe('token_rejected certificate_missing')
    expect(ask(verifier, bearer, certificate.slice(1))).toBe('token_rejected certificate_mismatch')
  })

  it('is missing where the framework cannot tell', () => {
    expect(verifier.authenticate(viewOf(bearer), createRequirement(true))).toMatchObject({
      error: { reason: 'certificate_missing' },
    })
  })

  it('is not taken from a field', () => {
    expect(ask(verifier, { ...bearer, 'client-cert': sequence })).toBe('token_rejected certificate_missing')
  })

  it('may stand for a cookie too', () => {
    const withCookie = verifierWith('tls', { tokenFrom: [{ cookie: 'access' }] })
    expect(ask(withCookie, { cookie: `access=${token}` }, certificate)).toBe('allowed')
    expect(ask(withCookie, { cookie: `access=${token}` })).toBe('token_rejected certificate_missing')
  })

  it('proves nothing about a token that is bound to a key', () => {
    expect(ask(verifier, { authorization: `Bearer ${boundToken()}` }, certificate)).toBe(
      'token_rejected binding_unchecked',
    )
  })

  it('is not looked at for a token that is bound to nothing', () => {
    expect(ask(verifier, { authorization: `Bearer ${signToken(issuerKey)}` })).toBe('allowed')
  })
})

describe('a certificate in a field', () => {
  const verifier = verifierWith({ header: 'Client-Cert' })

  it('that the token is bound to lets it pass', () => {
    expect(ask(verifier, { ...bearer, 'client-cert': sequence })).toBe('allowed')
    expect(ask(verifier, { ...bearer, 'client-cert': sequence.replace(/=+/, '') })).toBe('allowed')
    expect(ask(verifier, bearer, certificate)).toBe('token_rejected certificate_missing')
  })

  it.each([
    '',
    '::',
    ':',
    sequence.slice(1),
    sequence.slice(0, -1),
    `${sequence}, ${sequence}`,
    `${sequence};a=1`,
    `"${sequence}"`,
    ` ${sequence}`,
    ':A:',
    ':AAAAA:',
    ':AA=:',
    ':AAA==:',
    ':-_8=:',
    ':AA AA:',
    '-----BEGIN%20CERTIFICATE-----',
  ])('in another form is refused: %j', (value) => {
    expect(ask(verifier, { ...bearer, 'client-cert': value })).toBe('token_rejected certificate_malformed')
  })

  it('that is another is refused', () => {
    expect(ask(verifier, { ...bearer, 'client-cert': ':AAAA:' })).toBe('token_rejected certificate_mismatch')
  })
})

describe('with proofs too', () => {
  const verifier = verifierWith('tls', { dpop: createDpop() })

  it('each token needs its own', () => {
    expect(ask(verifier, bearer, certificate)).toBe('allowed')
    expect(ask(verifier, { authorization: `DPoP ${token}` }, certificate)).toBe('token_rejected binding_mismatch')
    const bound = boundToken()
    const dpop = signProof(proofClaims(bound), {}, clientKey)
    expect(ask(verifier, { authorization: `DPoP ${bound}`, dpop })).toBe('allowed')
    expect(ask(verifier, { authorization: `Bearer ${bound}`, dpop }, certificate)).toBe(
      'token_rejected binding_mismatch',
    )
  })
})

describe('without either', () => {
  it('a bound token is refused, unless cnf is ignored on purpose', async () => {
    const strict = createVerifier(common)
    expect(ask(strict, bearer, certificate)).toBe('token_rejected binding_unchecked')
    expect(ask(strict, { authorization: `Bearer ${boundToken()}` })).toBe('token_rejected binding_unchecked')
    const lax = createVerifier({ ...common, cnf: 'ignore' })
    expect(ask(lax, bearer)).toBe('allowed')
    expect(await lax.verify(token)).toMatchObject({ source: 'given' })
  })
})

describe('configuration', () => {
  it.each([
    [{ from: 'TLS' }, 'from'],
    [{}, 'from'],
    [{ from: { header: '' } }, 'from'],
    [{ from: { header: 'client-cert', chain: 'client-cert-chain' } }, 'from'],
    [{ from: { header: 'a b' } }, 'from'],
    [{ from: { header: 42 } }, 'from'],
    [{ from: { header: 'Authorization' } }, 'from'],
    [{ from: { header: 'DPoP' } }, 'from'],
    [{ from: null }, 'from'],
    [{ from: 'tls', header: 'x' }, 'unknown option'],
    [undefined, 'createMtls'],
  ])('createMtls refuses %j', (options, message) => {
    expect(() => createMtls(options as MtlsOptions)).toThrow(ConfigError)
    expect(() => createMtls(options as MtlsOptions)).toThrow(message)
  })

  it.each([
    [{ dpop: {} }, 'createDpop'],
    [{ dpop: true }, 'createDpop'],
    [{ dpop: null }, 'createDpop'],
    [{ mtls: 'tls' }, 'createMtls'],
    [{ cnf: 'check' }, "'ignore'"],
    [{ cnf: 'ignore', dpop: createDpop() }, 'dpop or mtls'],
    [{ cnf: 'ignore', mtls: createMtls({ from: 'tls' }) }, 'dpop or mtls'],
    [{ dpop: createDpop(), tokenFrom: [{ cookie: 'access' }] }, "'header'"],
    [{ dpop: createDpop({ required: true }), tokenFrom: ['header', { cookie: 'access' }] }, 'required'],
  ])('createVerifier refuses %j', (options, message) => {
    expect(() => createVerifier({ ...common, ...options } as VerifierOptions)).toThrow(ConfigError)
    expect(() => createVerifier({ ...common, ...options } as VerifierOptions)).toThrow(message)
  })
})
