import { createHmac, hash } from 'node:crypto'

/** SHA-256 of bytes, or of a text as UTF-8, in base64url. At once on Node, the twin of the one in `digest.ts`. */
export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data, 'base64url')
}

/** HMAC with SHA-256 of a text as UTF-8, in base64url. At once on Node, the twin of the one in `digest.ts`. */
export function hmacSha256(secret: Uint8Array, text: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url')
}
