import type { DefaultTheme } from 'vitepress'

/** One page: its title and its path. */
function page(text: string, link: string): DefaultTheme.SidebarItem {
  return { text, link }
}

/** Pages that belong together, behind one that leads to them: open while one of them is. */
function group(text: string, link: string, items: DefaultTheme.SidebarItem[]): DefaultTheme.SidebarItem {
  return { text, link, items, collapsed: true }
}

/** Codes of refusals in the order of their statuses, each with a page. */
const codes = [
  ...['request_malformed', 'token_repeated'],
  ...['token_missing', 'token_malformed', 'token_rejected', 'token_expired', 'authentication_insufficient'],
  ...['proof_rejected', 'nonce_required', 'refresh_rejected'],
  ...['scope_insufficient', 'role_insufficient', 'authorization_insufficient', 'access_denied', 'origin_rejected'],
  ...['proof_required', 'binding_rejected', 'keys_unavailable', 'store_unavailable'],
]

/** Every page that is written by hand, in the order in which a newcomer needs them. The reference has its own, generated. */
export const sidebar: DefaultTheme.SidebarItem[] = [
  {
    text: 'Start',
    items: [
      page('Which package?', '/start/'),
      page('Fastify', '/start/fastify'),
      page('Express', '/start/express'),
      page('Hono', '/start/hono'),
      page('NestJS', '/start/nest'),
      page('Bun, Deno, Workers, Next', '/start/fetch'),
    ],
  },
  {
    text: 'Guides',
    items: [
      group('Identity providers', '/guide/providers', [
        page('Auth0', '/providers/auth0'),
        page('Clerk', '/providers/clerk'),
        page('Cloudflare Access', '/providers/cloudflare-access'),
        page('Amazon Cognito', '/providers/cognito'),
        page('Microsoft Entra ID', '/providers/entra'),
        page('Firebase', '/providers/firebase'),
        page('GitHub Actions', '/providers/github-actions'),
        page('GitLab CI/CD', '/providers/gitlab-oidc'),
        page('Google', '/providers/google'),
        page('Google IAP', '/providers/google-iap'),
        page('Keycloak', '/providers/keycloak'),
        page('Kubernetes', '/providers/kubernetes'),
        page('Okta', '/providers/okta'),
        page('Ory', '/providers/ory'),
        page('Supabase', '/providers/supabase'),
        page('ZITADEL', '/providers/zitadel'),
      ]),
      page('Scopes and roles', '/guide/scopes-and-roles'),
      page('Cookies and CSRF', '/guide/cookies-and-csrf'),
      page('Several issuers and tenants', '/guide/issuers-and-tenants'),
      page('Typed claims', '/guide/typed-claims'),
      page('Key rotation', '/guide/key-rotation'),
      page('Keys without a key server', '/guide/keys'),
      page('Encrypted tokens', '/guide/encrypted-tokens'),
      page('Bound tokens', '/guide/bound-tokens'),
      page('Opaque tokens', '/guide/opaque-tokens'),
      page('Protected resource metadata', '/guide/resource-metadata'),
      page('CORS', '/guide/cors'),
      page('OpenAPI', '/guide/openapi'),
      page('Testing', '/guide/testing'),
      page('Writing an adapter', '/guide/adapters'),
    ],
  },
  {
    text: 'Sessions',
    items: [
      page('Sessions', '/guide/sessions'),
      page('Refresh tokens', '/guide/refresh-tokens'),
      page('Signing keys', '/guide/signing-keys'),
      page('Session stores', '/guide/session-stores'),
      page('Device binding', '/guide/device-binding'),
      page('Log-in with a provider', '/guide/log-in-with-a-provider'),
    ],
  },
  {
    text: 'In production',
    items: [
      page('Deployment behind proxies', '/guide/proxies'),
      page('Serverless', '/guide/serverless'),
      page('WebSockets', '/guide/sockets'),
      page('Events and readiness', '/guide/events'),
      page('Telemetry', '/guide/telemetry'),
      page('Security model', '/guide/security-model'),
      page('Performance', '/guide/performance'),
      page('Scale', '/guide/scale'),
    ],
  },
  group('Recipes', '/recipes/', [
    page('A token or an API key', '/recipes/token-or-api-key'),
    page('A check in a database', '/recipes/database-check'),
    page('Preview deployments', '/recipes/preview-deployments'),
    page('Problem details of your own', '/recipes/problem-details'),
    page('tRPC', '/recipes/trpc'),
    page('GraphQL', '/recipes/graphql'),
    page('Server-Sent Events', '/recipes/server-sent-events'),
    page('socket.io', '/recipes/socket-io'),
    page('GraphQL subscriptions', '/recipes/graphql-subscriptions'),
    page('tRPC subscriptions', '/recipes/trpc-subscriptions'),
    page('Prometheus and Grafana', '/recipes/prometheus'),
  ]),
  group('Migrating', '/migrating/', [
    page('@fastify/jwt', '/migrating/fastify-jwt'),
    page('express-jwt', '/migrating/express-jwt'),
    page('express-oauth2-jwt-bearer', '/migrating/express-oauth2-jwt-bearer'),
    page('hono/jwt, hono/jwk', '/migrating/hono-jwt'),
    page('passport-jwt', '/migrating/passport-jwt'),
  ]),
  group('Errors', '/errors/', [...codes.map((code) => page(code, `/errors/${code}`))]),
  group('Design', '/design/', [
    page('One token per request', '/design/strict-selection'),
    page('No unsigned tokens', '/design/no-none'),
    page('503 when keys cannot be fetched', '/design/outages-are-503'),
    page('Opaque refresh tokens', '/design/opaque-refresh-tokens'),
    page('A short grace', '/design/reuse-grace'),
    page('A cache keyed by the token', '/design/token-cache'),
    page('A door for each reader', '/design/three-doors'),
    page('Our own parser', '/design/own-parser'),
    page("The framework's cookies", '/design/framework-cookies'),
    page('No process-wide state', '/design/no-process-wide-state'),
  ]),
]
