import { type AuthError, ConfigError } from '@latchkey/core'
import {
  type AnswerOptions,
  type CallbackFramework,
  type Denial,
  denialOf,
  type NodeResponse,
  type ResponseCookie,
} from '@latchkey/core/adapter'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { FastifyRequestView, type GuardedRequest } from './fastify-request-view.js'

/** What a guard needs of a Fastify reply. Every `FastifyReply` has it. */
export interface GuardedReply {
  readonly raw: NodeResponse
  code(status: number): unknown
  header(name: string, value: string): unknown
  headers(fields: Readonly<Record<string, string>>): unknown
  getHeader(name: string): unknown
  removeHeader(name: string): unknown
  send(payload?: Uint8Array): unknown
  /** Of `@fastify/cookie`. */
  setCookie?(name: string, value: string, options: object): unknown
}

/** Answers a refused request in place of the library; see `FastifyAuthOptions`. */
export type OnDeny = (error: AuthError, request: FastifyRequest, reply: FastifyReply) => unknown

/** Makes Fastify's part of guards and verbs: all but the place where the identity is kept. */
export function createFastifyFramework({
  realm,
  onDeny,
}: AnswerOptions<OnDeny>): Omit<CallbackFramework<GuardedRequest, GuardedReply, never>, 'keep'> {
  return {
    view: (request) => new FastifyRequestView(request),
    field: (reply, name) => reply.getHeader(name),
    setField: (reply, name, value) => (value === undefined ? reply.removeHeader(name) : reply.header(name, value)),
    setCookie,
    node: ({ raw }) => raw,
    send,
    deny: (error, request, reply) =>
      onDeny === undefined
        ? send(reply, denialOf(error, realm))
        : onDeny(error, request as FastifyRequest, reply as FastifyReply),
  }
}

/** Sends bytes, because Fastify adds a charset to a JSON type that is sent as text. */
function send(reply: GuardedReply, { status, headers, body }: Denial): void {
  reply.code(status)
  reply.headers(headers)
  if (body === '') reply.send()
  else reply.send(new TextEncoder().encode(body))
}

/** Sets every attribute, so that no default of the app's for its cookies fills one in. */
function setCookie(reply: GuardedReply, { name, value, sameSite, domain, ...attributes }: ResponseCookie): void {
  if (reply.setCookie === undefined) throw new ConfigError(pluginMissing)
  reply.setCookie(name, value, {
    ...attributes,
    // Undefined also replaces a default.
    domain,
    expires: undefined,
    priority: undefined,
    sameSite: sameSite === 'Strict' ? 'strict' : sameSite === 'Lax' ? 'lax' : 'none',
    httpOnly: true,
    partitioned: false,
    signed: false,
    encode: String,
  })
}

/** The message of the ConfigError for a guard or a verb whose plugin is missing. */
export const pluginMissing =
  'The plugin of fastifyAuth is not registered here. Register it before the guarded routes, in the same plugin or above: await app.register(plugin).'
