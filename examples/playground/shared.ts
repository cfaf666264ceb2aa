import type { Auth, UntypedClaims } from '@latchkey/core'
import { createKeyring, createSessions, type KeyringEntry, type Login, type Sessions } from '@latchkey/session'
import { EventFeed } from './event-feed.js'
import { type PageFile, pageFiles } from './files.js'
import { portOf, type Running } from './listen.js'
import { api } from './provider.js'
import { Thief } from './thief.js'

/** State that the three apps share, so that one log-in counts in all of them. */
export interface Shared {
  readonly sessions: Sessions
  readonly feed: EventFeed
  readonly files: readonly PageFile[]
  readonly posts: string[]
  readonly thief: Thief
  /** The apps that have started. The page links to them. */
  readonly apps: Running[]
  /** The first app over https, if there is a certificate. */
  readonly fronts: Running[]
  /** The ids of sessions that are bound to a device. */
  readonly bound: Set<string>
  readonly otherSite: Running
  /** The signing keys and their states. */
  keys(): readonly KeyringEntry[]
  rotateKeys(): Promise<void>
}

/**
 * @param accessTokenTtl lifetime of an access token in seconds, short enough to watch it expire
 * @param bindsDevices whether to ask browsers to bind sessions to their device, which they do over https only
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
    // A single process needs no clock tolerance. The tokens of the provider are accepted besides those of a log-in.
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

/** Reads a log-in form. Anybody may log in, under any name: your app checks a password instead. Undefined without a name. */
export function loginOf(form: unknown): Login | undefined {
  if (typeof form !== 'object' || form === null || !('user' in form) || typeof form.user !== 'string') return undefined
  const sub = form.user.trim().slice(0, 40)
  if (sub === '') return undefined
  const isAdmin = 'admin' in form && form.admin === true
  return { sub, scope: ['posts:read', 'posts:write', ...(isAdmin ? ['admin'] : [])] }
}

/** What the page shows of a session. `expiresAt` is when the access token expires, in seconds since the epoch. */
export function describe(auth: Auth<UntypedClaims> | null, { bound }: Shared): object {
  if (auth === null) return { sub: null }
  const { sub, sid, exp } = auth.claims
  return { sub, scope: auth.scope, sid, expiresAt: exp, bound: bound.has(String(sid)) }
}

/** Publishes a post. Keeps the latest ten. */
export function publish(posts: string[], author: string | undefined): object {
  posts.push(`Post by ${author}`)
  posts.splice(0, posts.length - 10)
  return { posts }
}

/** The ports of the servers. The page puts its own host name before them. */
export function places({ apps, otherSite }: Shared): object {
  return { apps: apps.map((app) => ({ name: app.name, port: portOf(app) })), otherSite: portOf(otherSite) }
}
