/** As much of a TLS connection of Node's as holds the client's certificate. */
interface TlsSocket {
  readonly authorized: boolean
  getPeerCertificate(): { readonly raw?: unknown }
}

/**
 * DER of the client's certificate where TLS ends in this process and its chain was verified (RFC 8705 §2); undefined without a
 * certificate, with one that was not verified, and on a connection that is not TLS.
 *
 * @param socket of a Node request; what serverless shims leave undefined has no certificate
 */
export function clientCertificate(socket: unknown): Uint8Array | undefined {
  if (!isTls(socket) || socket.authorized !== true) return undefined
  const { raw } = socket.getPeerCertificate()
  return raw instanceof Uint8Array ? raw : undefined
}

function isTls(socket: unknown): socket is TlsSocket {
  return typeof socket === 'object' && socket !== null && 'getPeerCertificate' in socket && 'authorized' in socket
}
