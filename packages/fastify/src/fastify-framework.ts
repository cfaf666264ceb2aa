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

/** The part of a Fastify reply that a guard uses. Every `FastifyReply` has it. */
export interface GuardedReply {
  /** Node's own response. */
  readonly raw: NodeResponse
  code(status: number): unknown
  header(name: string, value: string): unknown
  headers(fields: Readonly<Record<string, string>>): unknown
  getHeader(name: string): unknown
  removeHeader(name: string): unknown
  send(payload?: Uint8Array): unknown
  /** Sets a cookie. `@fastify/cookie` adds this. */
  setCookie?(name: string, value: string, options: object): unknown
}

/** The option `onDeny` of `fastifyAuth`: answers a refused request instead of the library. */
export type OnDeny = (error: AuthError, request: FastifyRequest, reply: FastifyReply) => unknown

/** Makes the part of guards and verbs that differs for Fastify, except for `keep`. */
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

/** Sets every attribute, so that none is taken from the defaults that the app has set for its cookies. */
function setCookie(reply: GuardedReply, { name, value, sameSite, domain, ...attributes }: ResponseCookie): void {
  if (reply.setCookie === undefined) throw new ConfigError(pluginMissing)
  reply.setCookie(name, value, {
    ...attributes,
    // An undefined member replaces a default too.
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

/** The message of the ConfigError that a guard or verb throws if the plugin is missing. */
export const pluginMissing =
  'The plugin of fastifyAuth is not registered here. Register it before the guarded routes, in the same plugin or above: await app.register(plugin).'
