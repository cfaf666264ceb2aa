export { newFamilyId } from '../../tokens/refresh-token.js'
export { withDeadline } from '../guarded-store.js'
export {
  followLog,
  type LogEntry,
  type LogListener,
  type LogPage,
  type LogSource,
  type LogSubscription,
} from './follow-log.js'
export { ServerTime } from './server-time.js'
export { fromStoredText, toStoredText } from './stored-text.js'
