import type { Auth, UntypedClaims } from '@latchkey/core'
import { createKeyring, createSessions, type KeyringEntry, type Login, type Sessions } from '@latchkey/session'
import { EventFeed } from './event-feed.js'
import { type PageFile, pageFiles } from './files.js'
import { portOf, type Running } from './listen.js'
import { api } from './provider.js'
import { Thief } from './thief.js'

/** What the three apps have in common: one log-in counts in all of them. */
export interface Shared {
  readonly sessions: Sessions
  readonly feed: EventFeed
  readonly files: readonly PageFile[]
  readonly posts: string[]
  readonly thief: Thief
  /** The apps as they start; the page links to them. */
  readonly apps: Running[]
  /** One of them over https, where there is a certificate. */
  readonly fronts: Running[]
  /** Sessions that were bound to a device. */
  readonly bound: Set<string>
  readonly otherSite: Running
  /** The signing keys and their states. */
  keys(): readonly KeyringEntry[]
  rotateKeys(): Promise<void>
}

/**
 * @param accessTokenTtl seconds that an access token lives: few, so that a person can watch it expire
 * @param bindsDevices whether browsers are asked to bind sessions to their device, which they do over https
 */
export async function createShared(
  provider: Running,
  otherSite: Running,
  accessTokenTtl: number,
  bindsDevices: boolean,
): Promise<Shared> {
  const feed = new EventFeed()
  const bound = new Set<string>()
  const keyring = await createKeyring({ retireAfter: accessTokenTtl + 60 })
  const sessions = createSessions({
    keyring,
    issuer: 'https://playground.example',
    audience: api,
    accessTokenTtl,
    revocation: 'immediate',
    ...(bindsDevices ? { deviceBound: 'offered' } : {}),
    onEvent: (event) => {
      if (event.type === 'session_bound') bound.add(event.session)
      feed.report(event)
    },
    // One process has one clock; and the tokens of the provider are as good as those of a log-in.
    verifier: { clockTolerance: 0, issuers: [{ issuer: provider.url, audience: api }] },
  })
  await sessions.ready()
  return {
    sessions,
    feed,
    otherSite,
    files: pageFiles(portOf(otherSite)),
    posts: ['Keys under the mat', 'A short history of the latch'],
    thief: new Thief(),
    apps: [],
    fronts: [],
    bound,
    keys: () => keyring.keys(),
    rotateKeys: () => keyring.rotate(),
  }
}

/** Who may log in here: anybody, under any name. Your app checks a password instead. Undefined for what is no such form. */
export function loginOf(form: unknown): Login | undefined {
  if (typeof form !== 'object' || form === null || !('user' in form) || typeof form.user !== 'string') return undefined
  const sub = form.user.trim().slice(0, 40)
  if (sub === '') return undefined
  const isAdmin = 'admin' in form && form.admin === true
  return { sub, scope: ['posts:read', 'posts:write', ...(isAdmin ? ['admin'] : [])] }
}

/** What the page shows of a session; `expiresAt` is the access token's end in seconds since the epoch. */
export function describe(auth: Auth<UntypedClaims> | null, { bound }: Shared): object {
  if (auth === null) return { sub: null }
  const { sub, sid, exp } = auth.claims
  return { sub, scope: auth.scope, sid, expiresAt: exp, bound: bound.has(String(sid)) }
}

/** Publishes a post, and forgets the oldest of many. */
export function publish(posts: string[], author: string | undefined): object {
  posts.push(`Post by ${author}`)
  posts.splice(0, posts.length - 10)
  return { posts }
}

/** Where everything is. The page puts its own host name before the ports. */
export function places({ apps, otherSite }: Shared): object {
  return { apps: apps.map((app) => ({ name: app.name, port: portOf(app) })), otherSite: portOf(otherSite) }
}
