import { createHash } from 'node:crypto'
import { ConfigError } from '@latchkey/core'

/**
 * The names of the keys of an issuer. All keys of one script have the same hash tag, so that they are on one node of a cluster.
 * A subject's sessions are together, because the id of each begins with the 16 characters that stand for the subject.
 */
export interface Names {
  /**
   * The hash of a subject's sessions, by their ids.
   *
   * @param selector the first 16 characters of the id of any of them
   */
  subject(selector: string): string
  /** The string with the successor of a session's last rotation, encrypted. */
  successor(id: string): string
  /**
   * The string with the answer of a call that has ended sessions of a subject.
   *
   * @param call a text that no other call has
   */
  answer(selector: string, call: string): string
  /** The sorted set of revoked sessions, by the revision at which they were added. */
  readonly revoked: string
  /** The sorted set of revoked sessions, by the time at which they are forgotten. */
  readonly revokedUntil: string
  /** The string with the revision, a number that grows with each addition. */
  readonly revision: string
  /** The channel on which additions are announced. */
  readonly channel: string
}

/**
 * Checks the option `prefix`.
 *
 * @param of the function that takes the option, for the message
 * @throws ConfigError if it is not a string, or has braces, which would change the node of a key
 */
export function requirePrefix(of: string, prefix: unknown): void {
  if (typeof prefix !== 'string' || /[{}]/.test(prefix)) {
    throw new ConfigError(`${of}: prefix must be a string without braces.`)
  }
}

/** Gives the name of the keyring's hash. */
export function keyringName(prefix: string): string {
  return `${prefix}{keyring}`
}

/** Gives the name of the string that exists while a proof is remembered. Proofs are spread over the nodes of a cluster. */
export function proofName(prefix: string, id: string): string {
  return `${prefix}proof:${id}`
}

/** Gives the names of an issuer's keys. They begin with the prefix and a hash of the issuer. */
export function namesOf(prefix: string, issuer: string): Names {
  const hash = createHash('sha256').update(issuer).digest().subarray(0, 12).toString('base64url')
  const within = `${prefix}${hash}:`
  const log = `${prefix}{${hash}}:`
  return {
    subject: (selector) => `${within}{${selector}}`,
    successor: (id) => `${within}{${selectorOf(id)}}:${id}`,
    answer: (selector, call) => `${within}{${selector}}:ended:${call}`,
    revoked: `${log}revoked`,
    revokedUntil: `${log}until`,
    revision: `${log}revision`,
    channel: `${within}revocations`,
  }
}

/** Gives the part of a session's id that stands for the subject. */
export function selectorOf(id: string): string {
  return id.slice(0, 16)
}
