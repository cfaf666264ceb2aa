import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider'

/** Where one provider of one test keeps its sessions, interactions, grants and codes: for as long as it runs. */
export function createMemoryAdapter(): AdapterFactory {
  const kept = new Map<string, AdapterPayload>()

  return (model): Adapter => ({
    upsert: async (id, payload) => void kept.set(`${model}:${id}`, payload),
    find: async (id) => kept.get(`${model}:${id}`),
    findByUid: async (uid) => [...kept.values()].find((each) => each.kind === model && each.uid === uid),
    findByUserCode: async (code) => [...kept.values()].find((each) => each.kind === model && each.userCode === code),
    consume: async (id) => {
      const payload = kept.get(`${model}:${id}`)
      if (payload !== undefined) payload['consumed'] = true
    },
    destroy: async (id) => void kept.delete(`${model}:${id}`),
    revokeByGrantId: async (grantId) => {
      for (const [key, payload] of kept) if (payload.grantId === grantId) kept.delete(key)
    },
  })
}
