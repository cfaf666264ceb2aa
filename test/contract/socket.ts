import type { Auth, Verifier, Watch } from '@latchkey/core'
import { isObject } from './is-object.js'

/** The server's end of an open socket, whichever library or runtime has made it. */
export interface Peer {
  send(text: string): unknown
  close(code: number): unknown
}

/** What an open socket is to be told. */
export interface Visit {
  /** A message; what is no text is let go. */
  message(data: unknown): void
  /** The connection is over. */
  closed(): void
}

/** RFC 6455 leaves codes from 4000 on to apps; this one is 401 among them. */
const identityOver = 4401

/** Receives somebody who has passed the guard: says who it is, echoes, and closes when the identity ends. */
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
