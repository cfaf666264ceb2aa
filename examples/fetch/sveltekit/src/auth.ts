import { fetchAuth } from '@latchkey/fetch'
import { createKeyring, createSessions } from '@latchkey/session'

/** Makes new keys at each start and keeps sessions in memory: suits development, and a single process. */
const sessions = createSessions({
  keyring: await createKeyring(),
  issuer: 'https://app.example',
  audience: 'https://app.example',
})

export const auth = fetchAuth({ sessions })
