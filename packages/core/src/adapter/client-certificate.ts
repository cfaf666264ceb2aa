/** The part of Node's `TLSSocket` that holds the client's certificate. */
interface TlsSocket {
  readonly authorized: boolean
  getPeerCertificate(): { readonly raw?: unknown }
  isSessionReused?(): boolean
}

/**
 * Gives the client's certificate, if TLS ends in this process and the certificate's chain was verified (RFC 8705 §2).
 *
 * @param socket the connection of a Node request; undefined in some serverless environments
 * @returns the certificate's DER; undefined if there is no certificate, if it was not verified, or if the connection is not
 * TLS. Always undefined on Bun, which shows no certificate
 */
export function clientCertificate(socket: unknown): Uint8Array | undefined {
  if (!isTls(socket) || socket.authorized !== true || isVerdictLost(socket)) return undefined
  const { raw } = socket.getPeerCertificate()
  return raw instanceof Uint8Array ? raw : undefined
}

/** Deno (2.9) reports every certificate of a resumed TLS session as verified, even if it was not when the session began. */
function isVerdictLost(socket: TlsSocket): boolean {
  return 'Deno' in globalThis && socket.isSessionReused?.() !== false
}

function isTls(socket: unknown): socket is TlsSocket {
  return typeof socket === 'object' && socket !== null && 'getPeerCertificate' in socket && 'authorized' in socket
}
