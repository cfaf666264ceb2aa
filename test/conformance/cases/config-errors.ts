import { generateKeyPairSync } from 'node:crypto'
import type { Configuration } from '../harness/contract-server.js'
import { keys, privateJwk } from '../harness/signing-keys.js'

/** A configuration that the library must refuse when it is constructed. */
export interface RefusedConfiguration {
  readonly name: string
  readonly configuration: Configuration
}

const issuer = 'https://id.example'
const audience = 'https://api.example'
const secret = Buffer.alloc(48, 's').toString('base64url')
const ordinary = { issuer, audience }

/** One issuer, with these members instead. */
function entry(name: string, members: Configuration): RefusedConfiguration {
  return { name, configuration: { issuers: [{ ...ordinary, ...members }] } }
}

/** An ordinary issuer, and these members beside. */
function beside(name: string, members: Configuration): RefusedConfiguration {
  return { name, configuration: { issuers: [ordinary], ...members } }
}

function secretOf(bytes: number): string {
  return Buffer.alloc(bytes, 7).toString('base64url')
}

const ed25519Private = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })

export const refusedConfigurations: readonly RefusedConfiguration[] = [
  entry('no issuer', { issuer: undefined }),
  entry('an empty issuer', { issuer: '' }),
  entry('no audience', { audience: undefined }),
  entry('an empty list of audiences', { audience: [] }),
  entry('an empty audience', { audience: '' }),
  {
    name: 'an issuer twice',
    configuration: { issuers: [ordinary, { ...ordinary, audience: 'https://other.example' }] },
  },
  { name: 'an empty list of issuers', configuration: { issuers: [] } },
  entry('an empty list of algorithms', { algorithms: [] }),
  entry('an empty list of secrets', { secret: [] }),
  entry('an empty list of keys', { jwks: { keys: [] } }),
  beside('an empty list of token sources', { tokenFrom: [] }),
  entry('an unknown algorithm', { algorithms: ['RS256', 'RS257'] }),
  entry('the algorithm none', { algorithms: ['none'] }),
  entry('an algorithm in lower case', { algorithms: ['rs256'] }),
  entry('HMAC in the list beside public keys', { algorithms: ['RS256', 'HS256'] }),
  entry('HMAC in the list without a secret', { algorithms: ['HS256'] }),
  entry('a public algorithm in the list beside a secret', { secret, algorithms: ['HS256', 'RS256'] }),
  entry('a secret beside jwksUri', { secret, jwksUri: 'https://id.example/jwks' }),
  entry('a secret beside jwks', { secret, jwks: { keys: [keys.p256.jwk] } }),
  entry('a secret of 31 bytes', { secret: secretOf(31) }),
  entry('an empty secret', { secret: '' }),
  entry('one secret of two too short', { secret: [secretOf(64), secretOf(16)] }),
  entry('a secret too short for HS384', { secret: secretOf(47), algorithms: ['HS384'] }),
  entry('a secret too short for HS512', { secret: secretOf(63), algorithms: ['HS512'] }),
  entry('a private static key', { jwks: { keys: [privateJwk] } }),
  entry('a private static key among public ones', { jwks: { keys: [keys.rsa.jwk, { ...ed25519Private, kid: 'p' }] } }),
  entry('a symmetric static key', { jwks: { keys: [{ kty: 'oct', k: secret, kid: 's' }] } }),
  entry('a static key of 1024 bits', { jwks: { keys: [keys.rsaWeak.jwk] } }),
  entry('a static key with exponent 1', { jwks: { keys: [keys.rsaExponentOne.jwk] } }),
  entry('a jwksUri of plain http', { jwksUri: 'http://id.example/jwks' }),
  entry('a jwksUri that only sounds like loopback', { jwksUri: 'http://127.0.0.1.example/jwks' }),
  entry('a jwksUri of another scheme', { jwksUri: 'file:///etc/jwks.json' }),
  entry('a jwksUri below localhost', { jwksUri: 'http://id.localhost/jwks' }),
  entry('a jwksUri with a user', { jwksUri: 'https://user@id.example/jwks' }),
  entry('a jwksUri with a password', { jwksUri: 'https://user:password@id.example/jwks' }),
  entry('an empty list of jwksUri', { jwksUri: [] }),
  entry('a list of jwksUri with one of plain http', { jwksUri: ['https://id.example/a', 'http://id.example/b'] }),
  entry('a metadataUri of plain http', { metadataUri: 'http://id.example/metadata' }),
  entry('a metadataUri beside a jwksUri', { metadataUri: 'https://id.example/m', jwksUri: 'https://id.example/jwks' }),
  entry('an issuer with user information', { issuer: 'https://user@id.example' }),
  entry('plainHttp that is no list', { keySet: { plainHttp: 'keycloak' } }),
  entry('plainHttp with a URL', { keySet: { plainHttp: ['http://keycloak'] } }),
  entry('plainHttp with another port', {
    issuer: 'http://keycloak:8080/realms/a',
    keySet: { plainHttp: ['keycloak'] },
  }),
  { name: 'keepFor that is negative', configuration: { issuers: { find: {}, keepFor: -1 } } },
  entry('a jwksUri that is no URL', { jwksUri: '/jwks' }),
  // Reading: without keys of its own an issuer's keys are fetched, and "a fetch: https only, but for loopback".
  entry('an issuer of plain http whose keys must be found', { issuer: 'http://id.example' }),
  beside('a trusted origin with a slash', { trustedOrigins: ['https://app.example/'] }),
  beside('a trusted origin with a path', { trustedOrigins: ['https://app.example/app'] }),
  beside('a trusted origin in upper case', { trustedOrigins: ['https://App.example'] }),
  beside('a trusted origin with its default port', { trustedOrigins: ['https://app.example:443'] }),
  beside('a trusted origin without a scheme', { trustedOrigins: ['app.example'] }),
  beside('a trusted origin of stars', { trustedOrigins: ['https://*.example'] }),
  beside('every origin trusted', { trustedOrigins: ['*'] }),
  beside('the origin null trusted', { trustedOrigins: ['null'] }),
  beside('an empty trusted origin', { trustedOrigins: [''] }),
  beside('a cookie without a name', { tokenFrom: [{ cookie: '' }] }),
  beside('a cookie name with a space', { tokenFrom: [{ cookie: 'access token' }] }),
  beside('a cookie name with an equals sign', { tokenFrom: [{ cookie: 'access=token' }] }),
  beside('a cookie name with a semicolon', { tokenFrom: [{ cookie: 'access;token' }] }),
  beside('a cookie name beyond ASCII', { tokenFrom: [{ cookie: 'zugriff-schlüssel' }] }),
  beside('a cookie name with a line feed', { tokenFrom: [{ cookie: 'access\nSet-Cookie: a' }] }),
  beside('a token source that is unknown', { tokenFrom: ['query'] }),
  beside('a negative clockTolerance', { clockTolerance: -1 }),
  beside('a negative maxTokenAge', { maxTokenAge: -1 }),
  beside('a negative timeout', { keySet: { timeout: -1 } }),
  beside('a negative freshFor', { keySet: { freshFor: -1 } }),
  beside('a negative staleFor', { keySet: { staleFor: -1 } }),
  beside('a negative cooldown', { keySet: { cooldown: -1 } }),
  entry('a keySet that is null', { keySet: null }),
  beside('a misspelt option of the replay store', { dpop: { replay: { memroy: 5 } } }),
  beside('a place of certificates with a member too many', { mtls: { from: { header: 'client-cert', chain: 'x' } } }),
  entry('a misspelt option of an issuer', { algorithm: ['RS256'] }),
  beside('a misspelt option of the key set', { keySet: { timeOut: 3 } }),
  beside('a misspelt option beside the issuers', { trustedOrigin: ['https://app.example'] }),
]
