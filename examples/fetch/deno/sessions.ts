import { createKeyring, createSessions } from '@latchkey/session'

/** With new keys at each start and sessions in memory: for development, and for one process. */
export const sessions = createSessions({
  keyring: await createKeyring(),
  issuer: 'https://app.example',
  audience: 'https://app.example',
})
