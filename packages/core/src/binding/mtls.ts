import { sha256 } from '#digest'
import { ConfigError, refuseUnknownOptions } from '../config-error.js'
import type { DenialReason } from '../denial-reason.js'
import { isHttpToken } from '../http-token.js'
import { whenReady } from '../maybe-promise.js'
import type { RequestView } from '../request-view.js'
import { type Binding, type ProofVerdict, unproven } from './binding.js'
import { parseClientCert } from './client-cert-field.js'
import { readConfirmation, requireCnfLookedAt } from './confirmation.js'

/** Options of `createMtls`. */
export interface MtlsOptions {
  /**
   * Where the client's certificate is found.
   *
   * - `'tls'`: on the connection. TLS must end in this process, which must ask for a certificate and verify it.
   * - `{ header: 'client-cert' }`: in a field that the proxy in front of the app fills (RFC 9440). Use it only behind a proxy
   *   that sets the field at every request and removes what the caller sent under that name. Whoever reaches the app without
   *   passing the proxy can claim any certificate.
   */
  readonly from: 'tls' | { readonly header: string }
}

/** Compares client certificates. `createMtls` makes it, for the option `mtls` of one or more verifiers. */
export type Mtls = Binding

/**
 * Makes the value of the option `mtls` of `createVerifier`. With it, a token that is bound to a certificate (`cnf["x5t#S256"]`)
 * is accepted only from a client that presents that certificate (RFC 8705 §3). Any other client gets `token_rejected`. This
 * compares the certificate with the token; whether the certificate itself is good was checked where TLS ended.
 *
 * @throws ConfigError if `from` is anything but one of the two places
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
  if (member !== 'header' || others.length > 0 || !isHttpToken(header) || reserved.includes(header.toLowerCase())) {
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

// Fields that have another meaning.
const reserved = ['authorization', 'cookie', 'dpop']
