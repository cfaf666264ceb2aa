/**
 * Options for well-known identity providers. Each function gives plain issuer options for `createVerifier`. Its documentation
 * says what to set at the provider, and which mistakes are common there.
 *
 * @module @latchkey/core/providers
 */

export { type Auth0Options, auth0 } from './auth0.js'
export { type ClerkOptions, clerk } from './clerk.js'
export { type CloudflareAccessOptions, cloudflareAccess } from './cloudflare-access.js'
export { type CognitoOptions, cognito } from './cognito.js'
export { type EntraOptions, entra } from './entra.js'
export { firebase } from './firebase.js'
export { type GithubActionsOptions, githubActions } from './github-actions.js'
export { type GitlabOidcOptions, gitlabOidc } from './gitlab-oidc.js'
export { type GoogleOptions, google } from './google.js'
export { type GoogleIapOptions, googleIap } from './google-iap.js'
export { type KeycloakOptions, keycloak } from './keycloak.js'
export { type KubernetesOptions, kubernetes } from './kubernetes.js'
export { type OktaOptions, okta } from './okta.js'
export { type OryOptions, ory } from './ory.js'
export { type SupabaseOptions, supabase } from './supabase.js'
export { type ZitadelOptions, zitadel } from './zitadel.js'
