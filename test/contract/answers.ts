import type { IncomingMessage } from 'node:http'
import { type Auth, AuthError } from '@latchkey/core'
import { denialOf } from '@latchkey/core/adapter'
import type { Contract } from './config.js'
import { isObject } from './is-object.js'

/** A response that every framework sends byte for byte. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Null if there is no content. */
  readonly body: string | null
}

export function json(value: unknown, status = 200): Answer {
  const body = JSON.stringify(value)
  const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }
  return { status, headers, body }
}

export const noContent: Answer = { status: 204, headers: {}, body: null }

export const notFound: Answer = json({ error: 'not found' }, 404)
export const failed: Answer = json({ error: 'internal error' }, 500)
export const publicAnswer: Answer = json({ ok: true })

/** The response of `/socket` to a request that its guard has accepted but that asks for no upgrade (RFC 9110 §15.5.22). */
export const upgradeRequired: Answer = withUpgrade(json({ error: 'upgrade required' }, 426))

function withUpgrade(answer: Answer): Answer {
  return { ...answer, headers: { ...answer.headers, upgrade: 'websocket', connection: 'Upgrade' } }
}

/** The response of a guarded route: who is calling. */
export function me({ claims, scope, source }: Auth): Answer {
  return json({ sub: claims.sub ?? null, iss: claims.iss, scope, source, claims })
}

/** The response of the optional route. */
export function optional(auth: Auth | null): Answer {
  return json({ sub: auth?.claims.sub ?? null })
}

/** The response of a route in the configuration's `guards`. */
export function guarded(auth: Auth | null): Answer {
  return auth === null ? optional(auth) : me(auth)
}

export function stats({ verifier }: Contract): Answer {
  return json(verifier.stats())
}

export function events(contract: Contract): Answer {
  return json(contract.events)
}

/** Moves the manual clock. The body is `{"advance": n}`, n in seconds. */
export function moveClock({ advance }: Contract, body: string): Answer {
  if (advance === undefined) return notFound
  const wanted = parseJson(body)
  if (!isObject(wanted) || typeof wanted['advance'] !== 'number') return malformed()
  advance(wanted['advance'])
  return noContent
}

function malformed(): Answer {
  return denied(new AuthError('request_malformed'))
}

/** The response to a refusal that neither a guard nor a verb has answered. */
export function denied(error: AuthError): Answer {
  const { status, headers, body } = denialOf(error)
  return { status, headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) }, body }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Reads a body as text, whatever its content type. */
export async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
