import { describe, expect, it } from 'vitest'
import { AuthError, type AuthErrorOptions } from './auth-error.js'
import { ConfigError } from './config-error.js'
import { denialOf, requireRealm } from './denial.js'
import type { AuthErrorCode } from './error-codes.js'

const always = { 'content-type': 'application/problem+json', 'cache-control': 'no-store' }

/** Byte for byte what goes over the wire. */
const bodies: readonly (readonly [AuthErrorCode, number, Record<string, string>, string])[] = [
  [
    'token_missing',
    401,
    { 'www-authenticate': 'Bearer' },
    '{"type":"about:blank","title":"Unauthorized","status":401,"code":"token_missing","detail":"This resource needs an access token and the request carries none."}',
  ],
  [
    'request_malformed',
    400,
    { 'www-authenticate': 'Bearer error="invalid_request"' },
    '{"type":"about:blank","title":"Bad Request","status":400,"code":"request_malformed","detail":"The request is malformed: credentials or body are not of the expected form."}',
  ],
  [
    'token_repeated',
    400,
    { 'www-authenticate': 'Bearer error="invalid_request"' },
    '{"type":"about:blank","title":"Bad Request","status":400,"code":"token_repeated","detail":"The request carries more than one access token. Send exactly one."}',
  ],
  [
    'token_malformed',
    401,
    { 'www-authenticate': 'Bearer error="invalid_token"' },
    '{"type":"about:blank","title":"Unauthorized","status":401,"code":"token_malformed","detail":"The access token is not a well-formed JSON Web Token."}',
  ],
  [
    'token_rejected',
    401,
    { 'www-authenticate': 'Bearer error="invalid_token"' },
    '{"type":"about:blank","title":"Unauthorized","status":401,"code":"token_rejected","detail":"The access token is not accepted here. Obtain a new one."}',
  ],
  [
    'token_expired',
    401,
    { 'www-authenticate': 'Bearer error="invalid_token"' },
    '{"type":"about:blank","title":"Unauthorized","status":401,"code":"token_expired","detail":"The access token has expired. Obtain a new one."}',
  ],
  [
    'scope_insufficient',
    403,
    { 'www-authenticate': 'Bearer error="insufficient_scope"' },
    '{"type":"about:blank","title":"Forbidden","status":403,"code":"scope_insufficient","detail":"The access token does not grant the scope that this resource needs."}',
  ],
  [
    'role_insufficient',
    403,
    {},
    '{"type":"about:blank","title":"Forbidden","status":403,"code":"role_insufficient","detail":"The caller does not have a role that this resource needs."}',
  ],
  [
    'authorization_insufficient',
    403,
    {},
    '{"type":"about:blank","title":"Forbidden","status":403,"code":"authorization_insufficient","detail":"The access token does not carry the authorization details that this resource needs."}',
  ],
  [
    'access_denied',
    403,
    {},
    '{"type":"about:blank","title":"Forbidden","status":403,"code":"access_denied","detail":"The caller is not allowed to do this."}',
  ],
  [
    'authentication_insufficient',
    401,
    { 'www-authenticate': 'Bearer error="insufficient_user_authentication"' },
    '{"type":"about:blank","title":"Unauthorized","status":401,"code":"authentication_insufficient","detail":"This resource needs a stronger or more recent authentication. Log in again as the challenge asks."}',
  ],
  [
    'proof_required',
    403,
    {},
    '{"type":"about:blank","title":"Forbidden","status":403,"code":"proof_required","detail":"The session is bound to a device, which has to prove that it holds the session\'s key."}',
  ],
  [
    'binding_rejected',
    403,
    {},
    '{"type":"about:blank","title":"Forbidden","status":403,"code":"binding_rejected","detail":"The registration of the device is not accepted."}',
  ],
  [
    'origin_rejected',
    403,
    {},
    '{"type":"about:blank","title":"Forbidden","status":403,"code":"origin_rejected","detail":"The request comes from another origin that is not trusted here."}',
  ],
  [
    'refresh_rejected',
    401,
    {},
    '{"type":"about:blank","title":"Unauthorized","status":401,"code":"refresh_rejected","detail":"The refresh token is not accepted. Log in again."}',
  ],
  [
    'keys_unavailable',
    503,
    { 'retry-after': '1' },
    '{"type":"about:blank","title":"Service Unavailable","status":503,"code":"keys_unavailable","detail":"The token issuer\'s keys are not available at the moment. Try again later."}',
  ],
  [
    'store_unavailable',
    503,
    { 'retry-after': '1' },
    '{"type":"about:blank","title":"Service Unavailable","status":503,"code":"store_unavailable","detail":"The session store cannot be reached at the moment. Try again later."}',
  ],
]

describe('denialOf', () => {
  it.each(bodies)('%s', (code, status, headers, body) => {
    expect(denialOf(new AuthError(code))).toEqual({ status, headers: { ...always, ...headers }, body })
  })

  it('names the scopes that the resource needs', () => {
    const { headers } = denialOf(new AuthError('scope_insufficient', { scope: ['read', 'admin'] }))
    expect(headers['www-authenticate']).toBe('Bearer error="insufficient_scope", scope="read admin"')
  })

  it('names the authentication that the resource needs (RFC 9470 §3)', () => {
    const challenge = (options: AuthErrorOptions) =>
      denialOf(new AuthError('authentication_insufficient', options)).headers['www-authenticate']
    const error = 'Bearer error="insufficient_user_authentication"'
    expect(challenge({ acrValues: ['mfa', 'urn:x:hw'] })).toBe(`${error}, acr_values="mfa urn:x:hw"`)
    expect(challenge({ maxAge: 0 })).toBe(`${error}, max_age="0"`)
    expect(challenge({ acrValues: ['mfa'], maxAge: 300 })).toBe(`${error}, acr_values="mfa", max_age="300"`)
  })

  it('carries further fields', () => {
    const error = new AuthError('proof_required', { headers: { 'secure-session-challenge': '"c"' } })
    expect(denialOf(error).headers).toEqual({ ...always, 'secure-session-challenge': '"c"' })
  })

  it('names the realm first, in every challenge and in nothing else', () => {
    const challenge = (code: AuthErrorCode) => denialOf(new AuthError(code), 'my api').headers['www-authenticate']
    expect(challenge('token_missing')).toBe('Bearer realm="my api"')
    expect(challenge('token_expired')).toBe('Bearer realm="my api", error="invalid_token"')
    expect(challenge('keys_unavailable')).toBeUndefined()
    expect(challenge('origin_rejected')).toBeUndefined()
  })

  it.each([
    [0, '1'],
    [0.2, '1'],
    [1, '1'],
    [1.001, '2'],
    [29.5, '30'],
  ])('rounds a Retry-After of %d up to %s', (retryAfter, sent) => {
    expect(denialOf(new AuthError('keys_unavailable', { retryAfter })).headers['retry-after']).toBe(sent)
  })

  it('says nothing of what only operators are told', () => {
    const error = new AuthError('token_rejected', { reason: 'aud_mismatch', issuer: 'https://id.example' })
    const sent = JSON.stringify(denialOf(error))
    expect(sent).not.toContain('aud_mismatch')
    expect(sent).not.toContain('id.example')
  })
})

describe('requireRealm', () => {
  it.each([undefined, '', 'api', 'my api!', '~'])('takes %j', (realm) => {
    expect(() => requireRealm(realm)).not.toThrow()
  })

  it.each(['a"b', 'a\\b', 'a\r\nSet-Cookie: x=y', 'a\tb', 'é', '\x7f', 5, null, {}, ['api']])('refuses %j', (realm) => {
    expect(() => requireRealm(realm)).toThrow(ConfigError)
    expect(() => requireRealm(realm)).toThrow('realm takes printable ASCII without quotes and backslashes.')
  })
})
