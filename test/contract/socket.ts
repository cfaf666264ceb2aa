import type { Auth, Verifier, Watch } from '@latchkey/core'
import { isObject } from './is-object.js'

/** The server's end of an open socket, whichever library or runtime made it. */
export interface Peer {
  send(text: string): unknown
  close(code: number): unknown
}

/** The events of an open socket. */
export interface Visit {
  /** A message arrived. Only text counts. */
  message(data: unknown): void
  /** The connection has ended. */
  closed(): void
}

/** Close code for a lapsed identity. RFC 6455 leaves codes from 4000 to apps, so this stands for 401. */
const identityOver = 4401

/** Serves a caller who has passed the guard: sends who it is, echoes messages, and closes when the identity lapses. */
export function receive({ watch }: Verifier, auth: Auth, peer: Peer): Visit {
  const watched: Watch<object> = watch(auth, () => void peer.close(identityOver))
  peer.send(JSON.stringify({ sub: auth.claims.sub ?? null }))
  return {
    message: (data) => {
      if (typeof data !== 'string') return
      const renewal = renewalIn(data)
      if (renewal === undefined) peer.send(data)
      else void watched.renew(renewal)
    },
    closed: () => watched.stop(),
  }
}

function renewalIn(text: string): string | undefined {
  try {
    const message: unknown = JSON.parse(text)
    return isObject(message) && typeof message['renew'] === 'string' ? message['renew'] : undefined
  } catch {
    return undefined
  }
}
