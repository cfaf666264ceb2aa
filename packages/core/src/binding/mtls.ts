import { sha256 } from '#digest'
import { ConfigError, refuseUnknownOptions } from '../config-error.js'
import type { DenialReason } from '../denial-reason.js'
import { whenReady } from '../maybe-promise.js'
import type { RequestView } from '../request-view.js'
import { type Binding, type ProofVerdict, unproven } from './binding.js'
import { parseClientCert } from './client-cert.js'
import { readConfirmation, requireCnfLookedAt } from './confirmation.js'

/** Where the client's certificate is found. */
export interface MtlsOptions {
  /**
   * `'tls'`: the connection's own, where TLS ends in this process, which asked for it and verified it. `{ header: 'client-cert' }`: a field
   * that the proxy before the app fills (RFC 9440). Only behind a proxy that sets it at every request, and strips what the caller
   * sent under that name: whoever reaches the app past such a proxy can claim any certificate.
   */
  readonly from: 'tls' | { readonly header: string }
}

/** Compares client certificates. Made by `createMtls`; for the option `mtls` of one `createVerifier` or several. */
export type Mtls = Binding

/**
 * Makes what `createVerifier` takes as `mtls`: then a token that is bound to a certificate (`cnf["x5t#S256"]`) is accepted from
 * whoever presents that certificate, and from nobody else (RFC 8705 §3): `token_rejected`. Who the certificate is from was checked
 * where TLS ended; here only whether it is the one.
 *
 * @throws ConfigError for anything but one of the two places
 */
export function createMtls(options: MtlsOptions): Mtls {
  refuseUnknownOptions('createMtls', options, { from: true })
  const certificateOf = readFrom(options.from)
  return {
    prove: (verified, { view, scheme }) => {
      const confirmation = readConfirmation(verified.cnf)
      if (confirmation?.method !== 'x5t#S256') return undefined
      const verdict = (fault: DenialReason | undefined): ProofVerdict => ({
        error: fault === undefined ? undefined : unproven(fault, verified),
        nonce: undefined,
      })
      // That scheme is for tokens that are bound to a key.
      if (scheme === 'DPoP') return verdict('binding_mismatch')
      const certificate = certificateOf(view)
      if (typeof certificate === 'string') return verdict(certificate)
      return whenReady(sha256(certificate), (hash) =>
        verdict(hash === confirmation.thumbprint ? undefined : 'certificate_mismatch'),
      )
    },
    requireFitting: ({ cnf }) => requireCnfLookedAt(cnf),
  }
}

type CertificateOf = (view: RequestView) => Uint8Array | DenialReason

function readFrom(from: unknown): CertificateOf {
  if (from === 'tls') return (view) => view.clientCertificate?.() ?? 'certificate_missing'
  const [[member, header] = [], ...others] = Object.entries(from ?? {})
  if (
    member !== 'header' ||
    others.length > 0 ||
    typeof header !== 'string' ||
    !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(header) ||
    reserved.includes(header.toLowerCase())
  ) {
    throw new ConfigError(
      "createMtls: from must be 'tls' or { header: name }, e.g. { header: 'client-cert' } (RFC 9440).",
    )
  }
  const name = header.toLowerCase()
  return (view) => {
    const value = view.header(name)
    if (value === undefined) return 'certificate_missing'
    return parseClientCert(value) ?? 'certificate_malformed'
  }
}

// Fields that carry something else.
const reserved = ['authorization', 'cookie', 'dpop']
