import type { ServerResponse } from 'node:http'
import { type AuthError, ConfigError } from '@latchkey/core'
import {
  type AnswerOptions,
  type CallbackFramework,
  type Denial,
  denialOf,
  type ResponseCookie,
} from '@latchkey/core/adapter'
import type { Request, Response } from 'express'
import { ExpressRequestView, type GuardedRequest } from './express-request-view.js'

/** The part of an Express response that a guard uses. */
export interface GuardedResponse extends ServerResponse {
  /** Sets a cookie. Undefined on a response of plain Node. */
  cookie?(name: string, value: string, options: object): unknown
}

/** The option `onDeny` of `expressAuth`: answers a refused request instead of the library. */
export type OnDeny = (error: AuthError, req: Request, res: Response) => unknown

/** Makes the part of guards and verbs that differs for Express, except for `keep`. */
export function createExpressFramework({
  realm,
  onDeny,
}: AnswerOptions<OnDeny>): Omit<CallbackFramework<GuardedRequest, GuardedResponse, never>, 'keep'> {
  return {
    view: (req) => new ExpressRequestView(req),
    field: (res, name) => res.getHeader(name),
    setField: (res, name, value) => (value === undefined ? res.removeHeader(name) : res.setHeader(name, value)),
    setCookie,
    node: (res) => res,
    send,
    deny: (error, req, res) =>
      onDeny === undefined ? send(res, denialOf(error, realm)) : onDeny(error, req as Request, res as Response),
  }
}

/** Sends with Node's own response, because `res.send` would add a charset and an ETag. */
function send(res: ServerResponse, { status, headers, body }: Denial): void {
  if (body === '') {
    res.writeHead(status, { ...headers }).end()
    return
  }
  res.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(body)) })
  res.end(body)
}

function setCookie(res: GuardedResponse, { name, value, maxAge, sameSite, ...attributes }: ResponseCookie): void {
  if (res.cookie === undefined) throw new ConfigError('The session verbs of expressAuth need the response of Express.')
  // Express counts in milliseconds.
  const options = { ...attributes, maxAge: maxAge * 1000, sameSite: sameSite.toLowerCase() }
  res.cookie(name, value, { ...options, httpOnly: true, partitioned: false, signed: false, encode: String })
}
