import type { SessionTopic } from '../harness/session-case.js'
import { bodies } from './bodies.js'
import { boundRefresh } from './bound-refresh.js'
import { crossOrigin } from './cross-origin.js'
import { devices } from './devices.js'
import { end } from './end.js'
import { forms } from './forms.js'
import { keySet } from './key-set.js'
import { logIn } from './log-in.js'
import { refresh } from './refresh.js'
import { registration } from './registration.js'

/** Every topic that one server can be held to. */
export const topics: readonly SessionTopic[] = [
  logIn,
  refresh,
  end,
  crossOrigin,
  bodies,
  keySet,
  devices,
  forms,
  registration,
  boundRefresh,
]
