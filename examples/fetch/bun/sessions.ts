import { createKeyring, createSessions } from '@latchkey/session'

/** Makes new keys at each start and keeps sessions in memory: suits development, and a single process. */
export const sessions = createSessions({
  keyring: await createKeyring(),
  issuer: 'https://app.example',
  audience: 'https://app.example',
})
