/**
 * Removes optional white space from both ends: only space and tab (RFC 9110 §5.6.3), where `trim()` would remove more. It is a
 * loop and not a pattern, because `[ \t]+$` takes quadratic time on a header full of spaces.
 */
export function trimOptionalWhiteSpace(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isWhiteSpace(text.charCodeAt(start))) start++
  while (end > start && isWhiteSpace(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

function isWhiteSpace(code: number): boolean {
  return code === 0x20 || code === 0x09
}
