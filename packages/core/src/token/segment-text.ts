// The same alphabet in the older spelling that atob reads; canonical input has no padding, which atob does without.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Decodes a segment to text: base64url that is known to be canonical, then UTF-8. A byte order mark stays in.
 *
 * @returns undefined where it is not UTF-8
 */
export function decodeSegment(segment: string): string | undefined {
  const binary = atob(segment.replaceAll('-', '+').replaceAll('_', '/'))
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0))
  try {
    return utf8.decode(bytes)
  } catch {
    // `fatal` throws for exactly one reason: the bytes are not UTF-8.
    return undefined
  }
}
