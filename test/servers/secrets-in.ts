/** Characters of a secret that nobody finds by chance. */
const telling = 20

/**
 * Which refresh tokens a dump shows, in whole or by any secret part of theirs, as text or as the hexadecimal that PostgreSQL
 * writes bytes in.
 *
 * @param isPublic parts that name a session and sign nobody in
 */
export function tokensIn(
  dump: string,
  tokens: Iterable<string>,
  isPublic: (part: string) => boolean,
): readonly string[] {
  const windows = new Set<string>()
  for (let at = 0; at + telling <= dump.length; at++) windows.add(dump.slice(at, at + telling))
  const shows = (part: string): boolean => {
    const forms = [part, Buffer.from(part).toString('hex'), Buffer.from(part, 'base64url').toString('hex')]
    return forms.some((form) => windows.has(form.slice(0, telling)))
  }
  return [...tokens].filter((token) => {
    const parts = token.split('.').filter((part) => part.length >= telling && !isPublic(part))
    return dump.includes(token) || parts.some(shows)
  })
}

/** Members of private keys that a dump shows (RFC 7518 §6). */
export function privateKeysIn(dump: string): readonly string[] {
  return dump.match(/"(?:d|p|q|dp|dq|qi|k)\\*":|PRIVATE KEY/g) ?? []
}
