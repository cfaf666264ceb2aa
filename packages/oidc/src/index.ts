export { oidcLogin } from './oidc-login.js'
export type { LoggedIn, OidcLogin, OidcLoginOptions, OnLogin } from './oidc-login-options.js'
export type { ProviderTokens } from './upstream-tokens.js'
