/** What a reader who forgives everything finds in a token; undefined where even that reader finds nothing. */
export interface LenientlyRead {
  readonly segments: readonly string[]
  readonly header: Readonly<Record<string, unknown>> | undefined
  readonly claims: Readonly<Record<string, unknown>> | undefined
}

export function lenientlyRead(token: string): LenientlyRead {
  const segments = token.split('.')
  return { segments, header: readObject(segments[0]), claims: readObject(segments[1]) }
}

function readObject(segment: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const text = Buffer.from(segment ?? '', 'base64url')
      .toString('utf8')
      .replace(/^\ufeff/, '')
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
