import { createHash } from 'node:crypto'
import { ConfigError } from '@latchkey/core'

/**
 * The names of what is kept for an issuer. What one script touches has the same hash tag, so that it is on one node of a
 * cluster: a subject's sessions are together, since the id of each begins with what stands for the subject.
 */
export interface Names {
  /**
   * Hash: the sessions of a subject, by their ids.
   *
   * @param selector the first 16 characters of the id of any of them
   */
  subject(selector: string): string
  /** String: the successor of a session's last rotation, sealed. */
  successor(id: string): string
  /** Sorted set: revoked sessions by the revision at which they were added. */
  readonly revoked: string
  /** Sorted set: revoked sessions by the time at which they are forgotten. */
  readonly revokedUntil: string
  /** String: grows with each addition. */
  readonly revision: string
  /** Channel on which additions are announced. */
  readonly channel: string
}

/** @throws ConfigError where a prefix would change what node a key is on */
export function requirePrefix(of: string, prefix: unknown): void {
  if (typeof prefix !== 'string' || /[{}]/.test(prefix)) {
    throw new ConfigError(`${of}: prefix must be a string without braces.`)
  }
}

/** The name of the keyring's hash. */
export function keyringName(prefix: string): string {
  return `${prefix}{keyring}`
}

/** The name of a string that stands while a proof is remembered; each on a node of its own. */
export function proofName(prefix: string, id: string): string {
  return `${prefix}proof:${id}`
}

/** The names that begin with a prefix and a hash of the issuer. */
export function namesOf(prefix: string, issuer: string): Names {
  const hash = createHash('sha256').update(issuer).digest().subarray(0, 12).toString('base64url')
  const within = `${prefix}${hash}:`
  const log = `${prefix}{${hash}}:`
  return {
    subject: (selector) => `${within}{${selector}}`,
    successor: (id) => `${within}{${selectorOf(id)}}:${id}`,
    revoked: `${log}revoked`,
    revokedUntil: `${log}until`,
    revision: `${log}revision`,
    channel: `${within}revocations`,
  }
}

/** What stands for the subject in a session's id. */
export function selectorOf(id: string): string {
  return id.slice(0, 16)
}
