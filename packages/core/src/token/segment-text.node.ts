import { isUtf8 } from 'node:buffer'

/**
 * The twin of `segment-text.ts` for Node, where Buffer decodes several times faster than atob and TextDecoder.
 *
 * @returns undefined where it is not UTF-8
 */
export function decodeSegment(segment: string): string | undefined {
  const bytes = Buffer.from(segment, 'base64url')
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined
}
