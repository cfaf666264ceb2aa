import { createHmac, hash } from 'node:crypto'

/**
 * Gives the SHA-256 of bytes, or of a text as UTF-8, in base64url. Without a promise; `digest.ts` has the version for Web
 * Crypto.
 */
export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data, 'base64url')
}

/** Gives the HMAC-SHA-256 of a text as UTF-8, in base64url. Without a promise; `digest.ts` has the version for Web Crypto. */
export function hmacSha256(secret: Uint8Array, text: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url')
}
