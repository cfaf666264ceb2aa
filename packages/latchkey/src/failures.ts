import type { KeysFailure } from '@latchkey/core'

/** Explains each reason why keys could not be fetched, and says what to do. */
export const failures: Readonly<Record<KeysFailure, string>> = {
  timeout: 'there was no answer within 3 seconds. Check the network, and firewalls or proxies on the way.',
  network: 'there is no connection. Check the host name, the network and the certificate. The next line says which.',
  status: 'the answer was not 200. Is the issuer spelled as the provider documents it?',
  redirect: 'the answer was a redirect, which Latchkey does not follow. Use the URL to which it leads as issuer.',
  too_large: 'the answer is larger than 64 KiB. A key set has a few KiB, so this is another page.',
  content_coding: 'the answer has a content encoding that was not asked for. A proxy may do that.',
  not_json: 'the answer is not a JSON object. Often it is a log-in page or an error page.',
  metadata_invalid: 'the metadata document has no `jwks_uri` with https.',
  issuer_mismatch: 'the metadata document names another issuer. It must be yours, to the last slash.',
  private_key: 'the key set contains a private or secret key. Whoever runs the issuer must replace this key at once.',
  too_many_keys: 'the key set has more than 50 keys.',
  no_usable_key: 'no key of the set can verify signatures: all are too weak, for encryption, or of another type.',
}

const causes: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no host with that name',
  EAI_AGAIN: 'the name server does not answer',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the server closed the connection',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed: set NODE_EXTRA_CA_CERTS',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from a private authority: set NODE_EXTRA_CA_CERTS',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'it does not send the intermediate certificates',
}

/** Explains the cause of a failed connection: Node's name of it, and a text if there is one. */
export function causeInWords(cause: string): string {
  const words = Object.hasOwn(causes, cause) ? causes[cause] : undefined
  return words === undefined ? cause : `${cause}: ${words}`
}
