import type { Topic } from '../harness/case.js'
import { clock } from './clock.js'
import { crossOrigin } from './cross-origin.js'
import { foundIssuers } from './found-issuers.js'
import { issuers } from './issuers.js'
import { keyOutages } from './key-outages.js'
import { keySets } from './key-sets.js'
import { keySettings } from './key-settings.js'
import { optional } from './optional.js'
import { parser } from './parser.js'
import { requirements } from './requirements.js'
import { responses } from './responses.js'
import { rfc6750 } from './rfc6750.js'
import { rfc7515 } from './rfc7515.js'
import { rfc7519 } from './rfc7519.js'
import { rfc8725 } from './rfc8725.js'
import { rfc9068 } from './rfc9068.js'
import { scopes } from './scopes.js'
import { secrets } from './secrets.js'
import { selection } from './selection.js'
import { sockets } from './sockets.js'

/** Every topic of the suite, the RFCs' first. */
export const topics: readonly Topic[] = [
  rfc6750,
  rfc7515,
  rfc7519,
  rfc8725,
  rfc9068,
  selection,
  scopes,
  requirements,
  optional,
  crossOrigin,
  sockets,
  clock,
  secrets,
  issuers,
  foundIssuers,
  keyOutages,
  keySets,
  keySettings,
  responses,
  parser,
]
