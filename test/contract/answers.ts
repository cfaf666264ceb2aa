import type { IncomingMessage } from 'node:http'
import { type Auth, AuthError } from '@latchkey/core'
import { denialOf } from '@latchkey/core/adapter'
import type { Contract } from './config.js'
import { isObject } from './is-object.js'

/** A response as every framework is to send it, byte for byte. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Null: no content. */
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

/** What `/socket` answers to a request that asks for no upgrade (RFC 9110 §15.5.22), once its guard has let it pass. */
export const upgradeRequired: Answer = withUpgrade(json({ error: 'upgrade required' }, 426))

function withUpgrade(answer: Answer): Answer {
  return { ...answer, headers: { ...answer.headers, upgrade: 'websocket', connection: 'Upgrade' } }
}

/** What a guarded route answers: who is calling. */
export function me({ claims, scope, source }: Auth): Answer {
  return json({ sub: claims.sub ?? null, iss: claims.iss, scope, source, claims })
}

/** What the optional route answers. */
export function optional(auth: Auth | null): Answer {
  return json({ sub: auth?.claims.sub ?? null })
}

/** What a route of the configuration's `guards` answers. */
export function guarded(auth: Auth | null): Answer {
  return auth === null ? optional(auth) : me(auth)
}

export function stats({ verifier }: Contract): Answer {
  return json(verifier.stats())
}

export function events(contract: Contract): Answer {
  return json(contract.events)
}

/** Moves the manual clock: the body is `{"advance": n}`, n in seconds. */
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

/** What a refusal looks like that no guard and no verb has answered. */
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

/** Reads a body as text, whatever type it says it has. */
export async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
