import { createHash } from 'node:crypto'

/** The names of what is kept. What one script touches has the same hash tag, so that it is on one node of a cluster. */
export interface Keys {
  /** Hash: a session. */
  family(id: string): string
  /** String: the successor of its last rotation, sealed; for as long as the grace lasts. */
  successor(id: string): string
  /** Sorted set: a subject's sessions by their absolute end. */
  subject(sub: string): string
  /** Sorted set: revoked sessions by the revision at which they were added. */
  readonly revoked: string
  /** Sorted set: revoked sessions by the time at which they are forgotten. */
  readonly revokedUntil: string
  /** String: grows with each addition. */
  readonly revision: string
  /** Channel on which additions are announced. */
  readonly revocations: string
  /** Hash: the keyring. */
  readonly keyring: string
}

/** The names that begin with a prefix. */
export function keysWith(prefix: string): Keys {
  return {
    // A family's id begins with two bytes of its subject's hash: all of a subject's have the same tag.
    family: (id) => `${prefix}{${id.slice(0, 3)}}:family:${id}`,
    successor: (id) => `${prefix}{${id.slice(0, 3)}}:successor:${id}`,
    subject: (sub) => {
      const digest = createHash('sha256').update(sub).digest()
      return `${prefix}{${digest.subarray(0, 2).toString('base64url')}}:subject:${digest.toString('base64url')}`
    },
    revoked: `${prefix}{revocations}:entries`,
    revokedUntil: `${prefix}{revocations}:until`,
    revision: `${prefix}{revocations}:revision`,
    revocations: `${prefix}revocations`,
    keyring: `${prefix}{keyring}`,
  }
}
