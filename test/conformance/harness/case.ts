import type { ServerName } from './configurations.js'
import type { DenialCode } from './denials.js'
import type { Realm } from './issuer-server.js'
import type { Mint } from './mint.js'
import type { Field } from './raw-http.js'

/**
 * What is to come back. A code: that denial, to the byte. `accepted`: the route's success with the token's own words.
 * `anonymous`: the optional route's answer to nobody. `public`: the unguarded route's. `not served`: some 4xx or a closed
 * connection, for what a server's HTTP parser may refuse before any library sees it; only there may frameworks differ.
 */
export type Expected = DenialCode | 'accepted' | 'anonymous' | 'public' | 'not served'

/** One request and what is to come back. */
export interface Exchange {
  /** The token that the request carries. Default: none. */
  readonly token?: (mint: Mint) => string
  /** Default GET. */
  readonly method?: string
  /** Default `/me`. */
  readonly path?: string | ((token: string) => string)
  /**
   * The request's fields, to the byte. `{authority}` and `{origin}` stand for the server's own. Default: the token as
   * `Authorization: Bearer`, where there is one. `Host` and `Content-Length` are added where they are not among them.
   */
  readonly fields?: (token: string) => readonly Field[]
  readonly body?: string | ((token: string) => string)
  /** Default `HTTP/1.1`. */
  readonly version?: string
  /** False: no `Host` field is added. */
  readonly host?: false
  readonly expect: Expected
  /** Members of the challenge behind its `error`, where the route decides about them. Default: those of `/read` and `/admin`. */
  readonly challenge?: string
  /** Types of events that must be among those that the request led to, besides `denied`. */
  readonly events?: readonly string[]
  /** Types of events of which none may be among them. */
  readonly without?: readonly string[]
}

/** Moves the server's manual clock, in seconds. */
interface Advance {
  readonly advance: number
}

/** Changes what the case's own issuer publishes or suffers. */
interface Arrange {
  readonly arrange: (realm: Realm) => void
}

/** How often each server has asked the case's own issuer since the last time this was said. */
export interface Asked {
  readonly asked: { readonly metadata?: number; readonly jwks: number }
}

export type Step = Exchange | Advance | Arrange | Asked

/** A case of one exchange, which is made twice: a remembered token, and a refused one, are answered as at first. */
export interface SingleCase extends Exchange {
  readonly name: string
  readonly server?: ServerName
}

/** A case of several steps, over one connection for each framework. */
export interface SequenceCase {
  readonly name: string
  readonly server?: ServerName
  readonly steps: readonly Step[]
}

export type Case = SingleCase | SequenceCase

/** Cases that belong together: an RFC's, or a section's of the design. */
export interface Topic {
  readonly name: string
  readonly cases: readonly Case[]
}

/** Cases that have something in common: what is said of all, laid under what each says; their names begin alike. */
export function sharing(
  beginning: string,
  common: Partial<SingleCase> & { readonly expect: Expected },
  cases: readonly (Partial<SingleCase> & { readonly name: string })[],
): readonly Case[] {
  return cases.map((each) => ({ ...common, ...each, name: `${beginning}${each.name}` }))
}

/** The token as Bearer credentials. */
export function bearer(token: string): readonly Field[] {
  return [['Authorization', `Bearer ${token}`]]
}

/** The token as the access cookie. */
export function cookie(token: string): readonly Field[] {
  return [['Cookie', `__Host-access=${token}`]]
}

/** A good token. */
export function good(mint: Mint): string {
  return mint.jwt()
}
