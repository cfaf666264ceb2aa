/**
 * The entry point for adapters, and for packages with verbs of their own: it binds verbs to a framework.
 *
 * @module @latchkey/session/adapter
 */

export { isOwnPath } from '../verbs/redirect.js'
export type { AppSession } from './app-session.js'
export { bindVerbs, givenAnswer, type SessionVerbs, type VerbsFramework } from './bind-verbs.js'
export {
  type AnsweringFramework,
  bindCallbackVerbs,
  type CallbackSession,
  type CallbackVerbs,
  type Exchange,
  type NodeBody,
} from './callback-verbs.js'
export { readForm } from './form.js'
export { type RoutedVerb, routeVerbs, type SessionRoute, sessionRoutes } from './session-routes.js'
