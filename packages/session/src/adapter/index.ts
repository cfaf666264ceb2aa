/**
 * The entry point for adapters, and for packages with verbs of their own: it binds verbs to a framework.
 *
 * @module @latchkey/session/adapter
 */

export { isOwnPath } from '../verbs/redirect.js'
export type { AppSession } from './app-session.js'
export { bindVerbs, givenAnswer, jsonOrNothing, type SessionVerbs, type VerbsFramework } from './bind-verbs.js'
export { type AnsweringFramework, answerVerb, bodyOf, type NodeBody } from './callback-answer.js'
export { readForm } from './form.js'
export { type RoutedVerb, routedVerb, type SessionRoute, sessionRoutes } from './session-routes.js'
