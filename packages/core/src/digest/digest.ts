import { base64url } from 'jose'

/** Gives the SHA-256 of bytes, or of a text as UTF-8, in base64url. It uses Web Crypto, for runtimes without node:crypto. */
export async function sha256(data: string | Uint8Array): Promise<string> {
  // Copied, because Web Crypto refuses views of shared memory.
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : Uint8Array.from(data)
  return base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
}

/** Gives the HMAC-SHA-256 of a text as UTF-8, in base64url. It uses Web Crypto, for runtimes without node:crypto. */
export async function hmacSha256(secret: Uint8Array, text: string): Promise<string> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', Uint8Array.from(secret), algorithm, false, ['sign'])
  return base64url.encode(new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text))))
}
