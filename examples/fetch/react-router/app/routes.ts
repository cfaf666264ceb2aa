import { type RouteConfig, route } from '@react-router/dev/routes'

export default [
  route('log-in', 'routes/log-in.ts'),
  route('me', 'routes/me.ts'),
  route('posts', 'routes/posts.ts'),
  route('session/*', 'routes/session.ts'),
  route('account', 'routes/account.tsx'),
] satisfies RouteConfig
