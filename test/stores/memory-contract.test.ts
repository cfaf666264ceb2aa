import { memoryStore } from '@latchkey/session'
import { testSessionStore } from '@latchkey/testing/store-contract'
import { describe, test } from 'vitest'

testSessionStore(
  'memory',
  async () => {
    let now = 1_800_000_000
    return {
      stores: [memoryStore({ clock: () => now })],
      advance: (seconds) => {
        now += seconds
      },
      close: async () => {},
    }
  },
  { describe, test },
  500,
)
