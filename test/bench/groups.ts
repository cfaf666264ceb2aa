import { cache } from './cache.js'
import { followed } from './followed.js'
import { latency } from './latency.js'
import { offload } from './offload.js'
import { processes } from './processes.js'
import { proofs } from './proofs.js'
import { refresh } from './refresh.js'
import { refusals } from './refusals.js'
import { remembered } from './remembered.js'
import { requests } from './requests.js'
import { scale } from './scale.js'
import type { Section } from './section.js'
import { verification } from './verification.js'
import { workingSetUnderFlood } from './working-set.js'

/** What can be measured by itself, each in a process of its own, so that none meets what another left behind. */
export const groups: Readonly<Record<string, () => Promise<readonly Section[]>>> = {
  verification: () => verification(41),
  cache: () => cache(41),
  refusals: () => refusals(41),
  remembered: () => remembered(41),
  proofs: () => proofs(41),
  'working-set': () => workingSetUnderFlood(),
  scale: () => scale(25),
  offload: () => offload(25),
  fastify: () => requests({ framework: 'fastify', ...rounds }),
  express: () => requests({ framework: 'express', ...rounds }),
  hono: () => requests({ framework: 'hono', ...rounds }),
  latency: () => latency(3),
  refresh: () => refresh(5, 1),
  processes: () => processes(5, 1),
  followed: () => followed(),
}

const rounds = { rounds: { seen: 11, 'first-seen': 4 }, turns: 8 }
