/**
 * For authors of session stores: what every store needs.
 *
 * @module @latchkey/session/store-kit
 */

export { isError } from '@latchkey/core/adapter'
export { isFamilyId, newFamilyId, subjectSelector } from '../../tokens/refresh-token.js'
export {
  followLog,
  type LogEntry,
  type LogListener,
  type LogPage,
  type LogSource,
  type LogSubscription,
} from './follow-log.js'
export { isProgrammingError } from './programming-error.js'
export { requireSealingKeys, type Sealed, seal, unseal } from './sealing.js'
export { ServerTime } from './server-time.js'
export { fromStoredText, toStoredText } from './stored-text.js'
export { Deadline, defaultWithin, withDeadline } from './with-deadline.js'
