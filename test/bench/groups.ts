import { cache } from './cache.js'
import { latency } from './latency.js'
import { offload } from './offload.js'
import { refresh } from './refresh.js'
import { refusals } from './refusals.js'
import { requests } from './requests.js'
import { scale } from './scale.js'
import type { Section } from './section.js'
import { verification } from './verification.js'

/** What can be measured by itself, each in a process of its own, so that none meets what another left behind. */
export const groups: Readonly<Record<string, () => Promise<readonly Section[]>>> = {
  verification: () => verification(41),
  cache: () => cache(41),
  refusals: () => refusals(41),
  scale: () => scale(25),
  offload: () => offload(25),
  fastify: () => requests({ framework: 'fastify', ...rounds }),
  express: () => requests({ framework: 'express', ...rounds }),
  hono: () => requests({ framework: 'hono', ...rounds }),
  latency: () => latency(3),
  refresh: () => refresh(5, 1),
}

const rounds = { rounds: { seen: 11, 'first-seen': 4 }, turns: 8 }
