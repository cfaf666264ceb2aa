import type { AuthError } from '@latchkey/core'
import { denialOf } from '@latchkey/core/adapter'
import type { SessionAnswer } from '@latchkey/session'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { GuardedRequest } from './fastify-request-view.js'

/** As much of a Fastify reply as a guard needs; every `FastifyReply` has it. */
export interface GuardedReply {
  code(status: number): unknown
  headers(fields: Readonly<Record<string, string>>): unknown
  header(name: string, value: string): unknown
  getHeader(name: string): unknown
  send(payload?: Uint8Array): unknown
}

/** Answers a refused request in place of the library; see `FastifyAuthOptions`. */
export type OnDeny = (error: AuthError, request: FastifyRequest, reply: FastifyReply) => unknown

/** Answers a refused request, now or later. */
export type Deny = (error: AuthError, request: GuardedRequest, reply: GuardedReply) => unknown

/** The one way in which guards and session verbs refuse. */
export function createDeny(realm: string | undefined, onDeny: OnDeny | undefined): Deny {
  if (onDeny === undefined) return (error, _request, reply) => sendDenial(reply, error, realm)
  return (error, request, reply) => onDeny(error, request as FastifyRequest, reply as FastifyReply)
}

function sendDenial(reply: GuardedReply, error: AuthError, realm: string | undefined): void {
  const { status, headers, body } = denialOf(error, realm)
  reply.code(status)
  reply.headers(headers)
  sendText(reply, body)
}

/** Answers as a session verb decided. */
export function sendAnswer(reply: GuardedReply, { status, headers, setCookie, body }: SessionAnswer): void {
  reply.code(status)
  reply.headers(headers)
  appendCookies(reply, setCookie)
  if (status === 204) reply.send()
  else sendText(reply, body)
}

/** Fastify keeps every `Set-Cookie` that it is given, the app's own among them. */
export function appendCookies(reply: GuardedReply, setCookie: readonly string[]): void {
  for (const cookie of setCookie) reply.header('set-cookie', cookie)
}

/** As bytes, because Fastify adds a charset to a JSON type that is sent as text. */
function sendText(reply: GuardedReply, body: string): void {
  const bytes = new TextEncoder().encode(body)
  reply.header('content-length', String(bytes.length))
  reply.send(bytes)
}
