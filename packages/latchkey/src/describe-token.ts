import { decodeJwt, decodeProtectedHeader, errors } from 'jose'

type Members = Readonly<Record<string, unknown>>

/** Gives header and claims of a token, not verified; undefined if it has none. */
export function readParts(token: string): { readonly header: Members; readonly claims: Members } | undefined {
  try {
    return { header: { ...decodeProtectedHeader(token) }, claims: { ...decodeJwt(token) } }
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined
    throw error
  }
}

/**
 * Describes what a token contains, for the person who pasted it. Nothing of it is verified.
 *
 * @param now seconds since the epoch
 */
export function describeToken(token: string, now: number): readonly string[] {
  const parts = readParts(token)
  if (parts === undefined) return [unreadable(token)]
  const { header, claims } = parts
  const rows: readonly (readonly [string, unknown])[] = [
    ['algorithm', header['alg']],
    ['key', header['kid']],
    ['type', header['typ']],
    ['issuer', claims['iss']],
    ['audience', claims['aud']],
    ['subject', claims['sub']],
    ['client', claims['client_id'] ?? claims['azp']],
    ['scopes', claims['scope'] ?? claims['scp']],
    ['issued', moment(claims['iat'], now)],
    ['expires', moment(claims['exp'], now)],
    ['bound to', claims['cnf'] === undefined ? undefined : 'a key (cnf)'],
  ]
  const given = rows.filter(([, value]) => value !== undefined)
  return ['What is in the token:', ...given.map(([name, value]) => `  ${name.padEnd(10)} ${inWords(value)}`)]
}

function unreadable(token: string): string {
  const parts = token.split('.').length
  if (parts === 5) return 'This token is encrypted (JWE). Only somebody with the key can read it.'
  if (parts === 3) {
    return 'This is not a JWT: its first two parts are not base64url with JSON. Paste the token alone, without quotes.'
  }
  return `This is not a JWT: it has ${parts} part${parts === 1 ? '' : 's'} instead of 3. It may be an opaque token.`
}

/** Writes a value with printable characters only, because a token may contain control sequences for the terminal. */
export function inWords(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.replaceAll(
    /[^\x20-\x7e\u00a1-\u024f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function moment(value: unknown, now: number): string | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'number' || !Number.isFinite(value) || Math.abs(value) > 8.64e12)
    return `${value}, which is not a time`
  const distance = Math.round(Math.abs(now - value))
  const span =
    distance < 120
      ? `${distance} s`
      : distance < 7200
        ? `${Math.round(distance / 60)} min`
        : `${Math.round(distance / 3600)} h`
  return `${new Date(value * 1000).toISOString()} (${value > now ? `in ${span}` : `${span} ago`})`
}
