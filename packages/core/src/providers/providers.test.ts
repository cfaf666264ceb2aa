import { describe, expect, it } from 'vitest'
import { ConfigError } from '../config-error.js'
import type { IssuerOptions } from '../issuer-options.js'
import * as providers from './index.js'
import {
  auth0,
  clerk,
  cloudflareAccess,
  cognito,
  entra,
  firebase,
  githubActions,
  gitlabOidc,
  google,
  googleIap,
  keycloak,
  kubernetes,
  okta,
  ory,
  supabase,
  zitadel,
} from './index.js'

const audience = 'https://api.example'
const tenants = ['11111111-2222-3333-4444-555555555555']

describe('a provider', () => {
  it.each<[string, IssuerOptions, string]>([
    ['auth0', auth0('tenant.auth0.com', { audience }), 'https://tenant.auth0.com/'],
    [
      'clerk',
      clerk('clerk.example', { audience: null, authorizedParties: 'https://a.example' }),
      'https://clerk.example',
    ],
    ['cloudflareAccess', cloudflareAccess({ team: 'team', audience }), 'https://team.cloudflareaccess.com'],
    [
      'cognito',
      cognito({ region: 'eu-central-1', userPoolId: 'eu-central-1_X', clientId: 'app' }),
      'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_X',
    ],
    ['firebase', firebase('project'), 'https://securetoken.google.com/project'],
    ['githubActions', githubActions({ audience, repositories: 'o/n' }), 'https://token.actions.githubusercontent.com'],
    ['gitlabOidc', gitlabOidc({ audience, projectIds: ['1'] }), 'https://gitlab.com'],
    ['google', google({ audience }), 'https://accounts.google.com'],
    ['googleIap', googleIap({ audience }), 'https://cloud.google.com/iap'],
    ['keycloak', keycloak({ url: 'https://kc.example/', realm: 'r', audience }), 'https://kc.example/realms/r'],
    ['kubernetes', kubernetes({ issuer: 'https://k8s.example', audience }), 'https://k8s.example'],
    ['okta', okta('dev.okta.com', { audience }), 'https://dev.okta.com/oauth2/default'],
    ['ory', ory({ issuer: 'https://slug.projects.oryapis.com', audience }), 'https://slug.projects.oryapis.com'],
    ['supabase', supabase('ref.supabase.co'), 'https://ref.supabase.co/auth/v1'],
    ['zitadel', zitadel('z.example', { audience }), 'https://z.example'],
  ])('%s names its issuer', (_name, options, issuer) => {
    expect(options.issuer).toBe(issuer)
    expect(options).toHaveProperty('audience')
  })

  it('entra has an entry for each tenant, and one key set for all', () => {
    const [first, second] = entra({ tenants: [...tenants, '22222222-2222-3333-4444-555555555555'], audience })
    expect(first?.issuer).toBe(`https://login.microsoftonline.com/${tenants[0]}/v2.0`)
    expect(second?.keys).toBe(first?.keys)
  })
})

describe('what only some need', () => {
  it('is asked for by name', () => {
    expect(auth0('t.auth0.com', { audience, profile: 'rfc9068' }).tokenType).toBe('at+jwt')
    expect(google({ audience, hostedDomain: 'example.com' }).requiredClaims).toEqual({ hd: ['example.com'] })
    const inCluster = kubernetes({ issuer: 'https://k8s.example', audience, jwksUri: 'https://k8s/jwks', fetch })
    expect(inCluster).toMatchObject({ jwksUri: 'https://k8s/jwks', fetch })
  })

  it("is Keycloak's internal address, plain http by name", () => {
    const realm = { url: 'https://kc.example', realm: 'r', audience }
    const plain = keycloak({ ...realm, internalUrl: 'http://keycloak:8080/' })
    expect(plain).toMatchObject({
      jwksUri: 'http://keycloak:8080/realms/r/protocol/openid-connect/certs',
      keySet: { plainHttp: ['keycloak:8080'] },
    })
    expect(keycloak({ ...realm, internalUrl: 'https://kc.internal' })).not.toHaveProperty('keySet')
  })
})

describe('what cannot be is a ConfigError that names the option', () => {
  it.each([
    ['auth0: domain', () => auth0('https://tenant.auth0.com', { audience })],
    ['okta: authorizationServer', () => okta('dev.okta.com', { audience, authorizationServer: 'a/b' })],
    ['firebase: projectId', () => firebase('')],
    ['cognito: clientId', () => cognito({ region: 'r', userPoolId: 'p', clientId: [] })],
    ['entra: tenants[1]', () => entra({ tenants: ['9188040d-6c67-4c5b-b112-36a304b66dad', 'common'], audience })],
    ['entra: tenants', () => entra({ tenants: [], audience })],
    ['auth0: profile', () => auth0('t.auth0.com', { audience, profile: 'x' as never })],
    ['keycloak: url', () => keycloak({ url: 5 as never, realm: 'r', audience })],
    ['keycloak: internalUrl', () => keycloak({ url: 'https://k', realm: 'r', audience, internalUrl: 'keycloak:8080' })],
  ])('%s', (option, make) => {
    expect(make).toThrow(ConfigError)
    expect(make).toThrow(option)
  })

  const domains = ['auth0', 'clerk', 'okta', 'supabase', 'zitadel']
  const makers: [string, (options: unknown) => unknown][] = Object.entries(providers)
    .filter(([name]) => name !== 'firebase')
    .map(([name, make]) => [
      name,
      (options) => Reflect.apply(make, undefined, domains.includes(name) ? ['id.example', options] : [options]),
    ])

  it.each(makers)('%s: an option that nobody reads, or no options', (name, make) => {
    expect(() => make({ audiense: 'a' })).toThrow(ConfigError)
    expect(() => make({ audiense: 'a' })).toThrow(`${name}: unknown option "audiense"`)
    for (const none of [null, 5, 'a', []]) expect(() => make(none)).toThrow(ConfigError)
  })
})
