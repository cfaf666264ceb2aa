/** As much of a TLS connection of Node's as holds the client's certificate. */
interface TlsSocket {
  readonly authorized: boolean
  getPeerCertificate(): { readonly raw?: unknown }
  isSessionReused?(): boolean
}

/**
 * DER of the client's certificate where TLS ends in this process and its chain was verified (RFC 8705 §2); undefined without a
 * certificate, with one that was not verified, and on a connection that is not TLS. On Bun, which shows no certificate, always.
 *
 * @param socket of a Node request; what serverless shims leave undefined has no certificate
 */
export function clientCertificate(socket: unknown): Uint8Array | undefined {
  if (!isTls(socket) || socket.authorized !== true || isVerdictLost(socket)) return undefined
  const { raw } = socket.getPeerCertificate()
  return raw instanceof Uint8Array ? raw : undefined
}

/** Deno (2.9) calls every certificate of a resumed session verified, whatever it found when the session began. */
function isVerdictLost(socket: TlsSocket): boolean {
  return 'Deno' in globalThis && socket.isSessionReused?.() !== false
}

function isTls(socket: unknown): socket is TlsSocket {
  return typeof socket === 'object' && socket !== null && 'getPeerCertificate' in socket && 'authorized' in socket
}
