import { fetchAuth } from '@latchkey/fetch'
import { redisStore } from '@latchkey/redis'
import { createKeyring, createSessions } from '@latchkey/session'
import { Redis } from 'ioredis'

// The proxy and each route load their own copy of this module, so keys and sessions are kept outside it. A build has none.
const key = process.env['SIGNING_KEY']
const client = new Redis(process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379', { lazyConnect: true })
client.on('error', (error) => console.warn(error.message))

const sessions = createSessions({
  store: redisStore({ client }),
  keyring: await createKeyring(key === undefined ? {} : { keys: [JSON.parse(key)] }),
  issuer: 'https://app.example',
  audience: 'https://app.example',
})

export const { verifier } = sessions
export const { session, requireAuth, getAuth } = fetchAuth({ sessions })
