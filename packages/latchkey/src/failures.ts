import type { KeysFailure } from '@latchkey/core'

/** Explains each reason why keys could not be fetched, and says what to do. */
export const failures: Readonly<Record<KeysFailure, string>> = {
  timeout: 'no answer within 3 seconds. Look at the network, a firewall or a proxy between.',
  network: 'no connection. Look at the host name, the network and the certificate. The next line says which.',
  status: 'the answer was not 200. Is the issuer spelt as the provider documents it?',
  redirect: 'the answer was a redirect, which is not followed. Use the URL that it leads to as issuer.',
  too_large: 'the answer is over 64 KiB. A key set is a few KiB; this is some other page.',
  content_coding: 'the answer is encoded in a way that was not asked for. A proxy may do that.',
  not_json: 'the answer is not a JSON object. Often it is a log-in page or an error page.',
  metadata_invalid: 'the metadata document names no https `jwks_uri`.',
  issuer_mismatch: 'the metadata document names another issuer. It must be yours, to the last slash.',
  private_key: 'the key set holds a private or secret key. Whoever runs the issuer has to replace it at once.',
  too_many_keys: 'the key set has more than 50 keys.',
  no_usable_key: 'no key of the set can verify signatures: all are weak, for encryption, or of another type.',
}

const causes: Readonly<Record<string, string>> = {
  ENOTFOUND: 'nobody knows a host of that name',
  EAI_AGAIN: 'the name server does not answer',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the other end hung up',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself: set NODE_EXTRA_CA_CERTS',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is of an authority of its own: set NODE_EXTRA_CA_CERTS',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'it does not send the certificates between its own and the authority',
}

/** Explains the cause of a failed connection: Node's name of it, and a text if there is one. */
export function causeInWords(cause: string): string {
  const words = Object.hasOwn(causes, cause) ? causes[cause] : undefined
  return words === undefined ? cause : `${cause}: ${words}`
}
