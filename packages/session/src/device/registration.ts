import { atStart, makeChallenge } from './challenge.js'

/**
 * Makes the field with which the answer to a log-in asks the browser to bind the session to a key of its device (W3C Device Bound
 * Session Credentials). The browser posts its proof to the path.
 *
 * @param session the session's id
 * @param made the session's challenge key, the path at which `bind` is mounted, and the present in seconds since the epoch
 */
export async function registrationField(
  session: string,
  { key, path, now }: { readonly key: string; readonly path: string; readonly now: number },
): Promise<Readonly<Record<string, string>>> {
  const challenge = await makeChallenge(session, atStart, key, now)
  return { 'secure-session-registration': `(ES256);path="${path}";challenge="${challenge}"` }
}
