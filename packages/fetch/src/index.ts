export type { OnDeny } from './fetch-answer.js'
export {
  type FetchAuth,
  type FetchAuthOptions,
  type FetchGuard,
  type FetchSessionAuth,
  fetchAuth,
} from './fetch-auth.js'
export type { FetchSession, FetchSessionHandler } from './fetch-session.js'
